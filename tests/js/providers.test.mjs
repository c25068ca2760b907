// Providers without OpenID Connect: each preset as option of createClient, against a server over HTTP that answers as that
// provider does (tests/presets/providers.json, which Rust is tested with too).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken, refused } from "./support/assert.mjs";
import { client, folder } from "./support/package.mjs";
import { serve } from "./support/server.mjs";

const presets = await importPackage(folder, "countersign/presets/providers");
const rows = JSON.parse(readFileSync(new URL("../presets/providers.json", import.meta.url), "utf8"));
const redirectUri = "https://app.example/callback";

/** The preset with the addresses of a server of the tests. */
function on(origin, name, options) {
  const preset = presets[name](options);
  const { provider, metadata } = preset;
  const user = provider.user?.url === undefined ? provider.user : { ...provider.user, url: `${origin}/user` };
  return {
    ...preset,
    // Endpoints on loopback are for an issuer there.
    metadata: {
      ...metadata,
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
    },
    provider: { ...provider, ...(user && { user }) },
    redirectUri,
  };
}

async function answering(row, answer) {
  const seen = {};
  const server = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const path = request.url.split("?")[0];
      seen[path] = { headers: request.headers, form: new URLSearchParams(body), method: request.method };
      const { status = 200, text } = path === "/user" ? { text: row.user.body } : answer;
      const isForm = !/^[{[]/.test(text);
      response.writeHead(status, { "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json" });
      response.end(text);
    });
  });
  return { server, seen };
}

const secretFor = (name) => (name === "lichess" ? {} : { clientSecret: "s" });
const begin = async (app) => {
  const { url, transaction } = await app.authorize();
  return { query: new URL(url).searchParams, transaction, response: `code=c&state=${transaction.state}` };
};

test("there is a preset for each provider of the core", () => {
  assert.deepEqual(
    Object.keys(presets).sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())),
    rows.map((row) => row.provider).sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())),
  );
  assert.ok(rows.length > 30);
});

for (const row of rows) {
  const name = row.provider;
  // Apple's ID token wants its key: what is read before that is the same as everybody's.
  const hasIdToken = presets[name]({ clientId: "app", ...secretFor(name) }).provider.user === undefined;

  test(`${name}: a sign-in, and who it is`, { skip: hasIdToken && "its ID token is of Apple's key" }, async () => {
    const { server, seen } = await answering(row, { text: row.tokens });
    try {
      const app = client.createClient(on(server.origin, name, { clientId: "app", ...secretFor(name) }));
      const { query, transaction, response } = await begin(app);
      const preset = presets[name]({ clientId: "app", ...secretFor(name) });
      const separator = preset.provider.quirks?.commaScopes ? "," : " ";
      assert.equal(query.get("scope") ?? "", preset.scope.replaceAll(" ", separator));
      for (const [param, value] of Object.entries(preset.provider.params ?? {})) assert.equal(query.get(param), value);
      assert.equal(query.get("response_mode"), preset.provider.responseMode ?? null);
      assert.equal(query.get("code_challenge_method"), "S256");

      const before = Math.floor(Date.now() / 1000);
      const tokens = await app.callback(response, transaction);
      assert.equal(tokens.accessToken, "a");
      assert.equal(tokens.tokenType, "Bearer");
      assert.equal(tokens.scope ?? null, row.scope);
      if (row.expiresIn === null) assert.equal(tokens.expiresAt, undefined);
      else assert.ok(Math.abs(tokens.expiresAt - before - row.expiresIn) <= 5, String(tokens.expiresAt));
      const { headers, form } = seen["/token"];
      const method = preset.clientAuthentication?.method;
      assert.equal(headers.authorization !== undefined, method === "client_secret_basic");
      assert.equal(form.get("client_secret"), method === "client_secret_post" ? "s" : null);
      assert.equal(form.get("code_verifier"), transaction.codeVerifier);
      assert.match(headers["user-agent"] ?? "", /countersign/);

      // Through JSON, as a session keeps them.
      const user = await app.userinfo(JSON.parse(JSON.stringify(tokens)));
      assert.equal(user.sub, row.user.id);
      assert.equal(seen["/user"]?.headers.authorization, row.user.body === "" ? undefined : "Bearer a");
      assert.equal(seen["/user"]?.headers["client-id"], name === "twitch" ? "app" : undefined);
      if (row.user.body !== "") {
        const { sub: _sub, ...rest } = JSON.parse(row.user.body);
        const { sub: _id, ...read } = user;
        assert.deepEqual({ ...read }, rest);
      }
    } finally {
      await server.close();
    }
  });

  test(`${name}: a refusal`, async () => {
    const { refusal } = row;
    const { server } = await answering(row, { status: refusal.status, text: refusal.body });
    try {
      const app = client.createClient(on(server.origin, name, { clientId: "app", ...secretFor(name) }));
      const { transaction, response } = await begin(app);
      const error = await refused(() => app.callback(response, transaction), "token_endpoint_error");
      assert.equal(error.actual.split(": ")[0], refusal.error);
    } finally {
      await server.close();
    }
  });
}

test("a provider's answer is nothing to one that has not its quirks", async () => {
  for (const name of ["github", "linkedin", "slack", "twitch", "workos"]) {
    const row = rows.find(({ provider }) => provider === name);
    const { server } = await answering(row, { text: row.tokens });
    try {
      const options = on(server.origin, "spotify", { clientId: "app", clientSecret: "s" });
      const app = client.createClient({
        ...options,
        provider: { name: "strict", user: { id: ["id"], url: `${server.origin}/user` } },
      });
      const { transaction, response } = await begin(app);
      await refused(() => app.callback(response, transaction), "token_response_invalid");
    } finally {
      await server.close();
    }
  }
});

test("an answer that does not say who it is", async () => {
  const row = rows.find(({ provider }) => provider === "discord");
  const { server } = await answering({ ...row, user: { body: '{"id":""}' } }, { text: row.tokens });
  const app = client.createClient(on(server.origin, "discord", { clientId: "app", clientSecret: "s" }));
  await refused(() => app.userinfo({ issuer: server.origin, accessToken: "a" }), "server_response_invalid");
  await server.close();
  const slack = rows.find(({ provider }) => provider === "slack");
  const without = await answering(slack, { text: slack.tokens.replace("U1", "") });
  const other = client.createClient(on(without.server.origin, "slack", { clientId: "app", clientSecret: "s" }));
  const { transaction, response } = await begin(other);
  await refused(() => other.callback(response, transaction), "server_response_invalid");
  await without.server.close();
});

test("Apple's form", async () => {
  const { url, transaction } = await client
    .createClient({ ...presets.apple({ clientId: "app", clientSecret: "s" }), redirectUri })
    .authorize();
  assert.equal(new URL(url).searchParams.get("response_mode"), "form_post");
  const app = client.createClient({ ...presets.apple({ clientId: "app", clientSecret: "s" }), redirectUri });
  const form = new FormData();
  form.set("state", transaction.state);
  form.set("error", "user_cancelled_authorize");
  const error = await refused(() => app.callback(form, transaction), "authorization_error");
  assert.equal(error.actual, "user_cancelled_authorize");
});

test("options win over what a preset says", async () => {
  const app = client.createClient({
    ...presets.notion({ clientId: "app", clientAuthentication: { method: "client_secret_post", secret: "s" } }),
    redirectUri,
  });
  const { url } = await app.authorize({ scope: "other", params: { owner: "workspace" } });
  const query = new URL(url).searchParams;
  assert.deepEqual(query.getAll("owner"), ["workspace"]);
  assert.equal(query.get("scope"), "other");
});

test("mistakes", async () => {
  await mistaken(() => presets.github({}), /"clientId" is mandatory/);
  await mistaken(() => presets.github({ clientId: "a", secret: "s" }), /no option "secret"|takes no "secret"/);
  await mistaken(() => presets.lichess({ clientId: "a", clientSecret: "s" }), /no secret there/);
  const both = {
    clientId: "a",
    clientSecret: "s",
    clientAuthentication: { method: "client_secret_post", secret: "s" },
  };
  await mistaken(() => presets.github(both), /either/);
  const { provider, ...rest } = presets.github({ clientId: "a" });
  const create = (other) => () => client.createClient({ ...rest, redirectUri, provider: other });
  await mistaken(create({ ...provider, quirk: {} }), /did you mean "quirks"/);
  await mistaken(create({ ...provider, quirks: { commaScopes: false } }), /must be true, or left out/);
  await mistaken(create({ ...provider, quirks: { bearerNames: ["whatever"] } }), /no server is known for/);
  await mistaken(create({ ...provider, user: { id: [] } }), /must not be empty/);
  await mistaken(create({ ...provider, responseMode: "query" }), /must be "form_post"/);
});
