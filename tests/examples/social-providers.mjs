// Discord and GitHub on loopback, as far as examples/worker-social needs them, with their own endpoints, forms and errors.

import { createHash, randomBytes } from "node:crypto";
import { createServer, request as send } from "node:http";

import { MARKUP } from "../support/markup.mjs";
import { atEnd } from "../support/processes.mjs";

/** Users by their names. */
const USERS = {
  discord: {
    moderator: { id: "80351110224678912", username: "nelly", global_name: "Nelly <3", avatar: "8342729096ea3675" },
    member: { id: "80351110224678913", username: "member", global_name: null, avatar: null },
    stranger: { id: "80351110224678914", username: "stranger", global_name: null, avatar: null },
    hostile: { id: "80351110224678917", username: "hostile", global_name: MARKUP, avatar: MARKUP },
    owner: { id: "80351110224678915", username: "owner", global_name: null, avatar: null },
    administrator: { id: "80351110224678916", username: "administrator", global_name: null, avatar: null },
  },
  github: {
    octocat: {
      id: 80351110,
      login: "octocat",
      name: "The <Octocat>",
      avatar_url: "https://github.example/octocat.gif",
    },
    nameless: { id: 80351111, login: "nameless", name: null, avatar_url: "https://github.example/nameless.gif" },
  },
};

export const GUILD = "41771983423143937";
/** A bit beyond the 53 of a number. */
const HIGH = 1n << 61n;
const GUILDS = {
  moderator: [
    { id: "1", owner: true, permissions: "0" },
    { id: GUILD, permissions: String(HIGH | (1n << 13n)) },
  ],
  // As a number this is rounded, and has the bit of moderators then. It has neither that nor the one of administrators.
  member: [
    { id: "1", owner: true, permissions: "8192" },
    { id: GUILD, permissions: String(HIGH | 0x1ff7n) },
  ],
  stranger: [{ id: "1", owner: true, permissions: "8192" }],
  owner: [{ id: GUILD, owner: true, permissions: "0" }],
  administrator: [{ id: GUILD, permissions: "8" }],
};

export const CLIENTS = {
  discord: { id: "157730590492196864", secret: "discord: 100% + more" },
  github: { id: "Iv1.example", secret: "github: 100% + more" },
};

/** Starts both, and answers how to reach them under the names they have in the world. */
export async function startProviders(redirectUri) {
  const codes = new Map();
  const tokens = new Map();
  const revoked = [];
  /** `life` is of access tokens of Discord, in seconds. */
  const state = { guilds: 200, life: 604_800, refreshed: 0, reused: 0 };
  const refreshTokens = new Map();

  const routes = {
    "GET discord.com/oauth2/authorize": authorize("discord", "identify guilds"),
    "POST discord.com/api/oauth2/token": ({ form, headers }) => {
      const basic = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
      const [id, secret] = basic.split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
      if (id !== CLIENTS.discord.id || secret !== CLIENTS.discord.secret) return json(401, { error: "invalid_client" });
      const grant = form.get("grant_type") === "refresh_token" ? refresh(form) : redeem("discord", form);
      if (grant === undefined) return json(400, { error: "invalid_grant" });
      const refreshToken = randomBytes(8).toString("hex");
      refreshTokens.set(refreshToken, grant);
      const issued = { token_type: "Bearer", expires_in: state.life, refresh_token: refreshToken };
      return json(200, { ...issued, access_token: issue(grant), scope: "guilds identify" });
    },
    "POST discord.com/api/oauth2/token/revoke": ({ form }) => {
      revoked.push(form.get("token"));
      return json(200, {});
    },
    "GET discord.com/api/users/@me": ({ headers }) => about("discord", headers),
    "GET discord.com/api/users/@me/guilds": ({ headers }) => {
      const grant = bearer("discord", headers);
      if (grant === undefined) return json(401, { message: "401: Unauthorized", code: 0 });
      return state.guilds === 200 ? json(200, GUILDS[grant.name]) : json(state.guilds, { message: "no" });
    },
    "GET github.com/login/oauth/authorize": authorize("github", "read:user"),
    // GitHub answers a form unless it is asked for JSON, and errors with status 200.
    "POST github.com/login/oauth/access_token": ({ form, headers }) => {
      const basic = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
      const [id, secret] = headers.authorization
        ? basic.split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")))
        : [form.get("client_id"), form.get("client_secret")];
      const isClient = id === CLIENTS.github.id && secret === CLIENTS.github.secret;
      const grant = isClient ? redeem("github", form) : undefined;
      const answer = grant
        ? { access_token: issue(grant), scope: "read:user", token_type: "bearer" }
        : { error: isClient ? "bad_verification_code" : "incorrect_client_credentials" };
      if (/json/.test(headers.accept ?? "")) return json(200, answer);
      return { status: 200, type: "application/x-www-form-urlencoded", body: new URLSearchParams(answer).toString() };
    },
    "GET api.github.com/user": ({ headers }) =>
      // GitHub refuses requests that do not say by what they are made.
      headers["user-agent"] ? about("github", headers) : json(403, { message: "User-Agent is required" }),
  };

  function authorize(provider, scope) {
    return ({ query, headers }) => {
      const user = headers["x-test-user"];
      const back = new URL(query.get("redirect_uri"));
      const sound =
        query.get("client_id") === CLIENTS[provider].id &&
        query.get("scope") === scope &&
        query.get("response_type") === "code" &&
        query.get("code_challenge_method") === "S256" &&
        back.href === redirectUri;
      if (!sound) return json(400, { error: `no such request: ${query}` });
      back.searchParams.set("state", query.get("state"));
      if (user === "refusing") back.searchParams.set("error", "access_denied");
      else {
        const code = randomBytes(8).toString("hex");
        codes.set(code, { provider, name: user, challenge: query.get("code_challenge") });
        back.searchParams.set("code", code);
      }
      return { status: 302, location: back.href, body: "" };
    };
  }

  function redeem(provider, form) {
    const code = form.get("code");
    const grant = codes.get(code);
    codes.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const sound =
      grant?.provider === provider &&
      grant.challenge === challenge &&
      form.get("grant_type") === "authorization_code" &&
      form.get("redirect_uri") === redirectUri;
    return sound ? grant : undefined;
  }

  /** Discord's refresh tokens are good for once. */
  function refresh(form) {
    const grant = refreshTokens.get(form.get("refresh_token"));
    refreshTokens.delete(form.get("refresh_token"));
    if (grant === undefined) state.reused += 1;
    else state.refreshed += 1;
    return grant;
  }

  function issue(grant) {
    const token = randomBytes(16).toString("hex");
    tokens.set(token, grant);
    return token;
  }

  function bearer(provider, headers) {
    const grant = tokens.get((headers.authorization ?? "").replace(/^Bearer /, ""));
    return grant?.provider === provider ? grant : undefined;
  }

  function about(provider, headers) {
    const grant = bearer(provider, headers);
    return grant ? json(200, USERS[provider][grant.name]) : json(401, { message: "Bad credentials" });
  }

  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url, `https://${incoming.headers["x-test-host"]}`);
    const route = routes[`${incoming.method} ${url.host}${url.pathname}`];
    const form = new URLSearchParams(Buffer.concat(await incoming.toArray()).toString());
    const { status, type, location, body } = route
      ? route({ query: url.searchParams, headers: incoming.headers, form })
      : json(404, { error: "not_found" });
    outgoing.writeHead(status, { ...(location && { location }), "content-type": type ?? "application/json" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());

  /** A request to one of the hosts, over HTTP on loopback, with no header field but those given. */
  const reach = (url, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const { host, pathname, search } = new URL(url);
      const to = { host: "127.0.0.1", port: server.address().port, method, path: pathname + search };
      const sent = send({ ...to, headers: { ...headers, "x-test-host": host } }, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
      sent.once("error", reject);
      sent.end(body);
    });
  return { reach, revoked, state, tokens };
}

const json = (status, value) => ({ status, body: JSON.stringify(value) });
