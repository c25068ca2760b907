// The server of the suite `client`: npm's oidc-provider on a free port of 127.0.0.1, with a browser at /test/browse. Prints
// its issuer when it is ready.

import { randomBytes } from "node:crypto";

import { userAgent } from "../../examples/demo/login.mjs";
import { signingKey, startProvider } from "../support/provider.mjs";

/** What the test has told, and what clients were told. */
const state = { jwks: '{"keys":[]}', logoutTokens: [], agents: new Map() };

const common = { redirect_uris: ["http://127.0.0.1/callback"], id_token_signed_response_alg: "RS256" };
const deviceCode = "urn:ietf:params:oauth:grant-type:device_code";
const options = {
  clients: [
    {
      ...common,
      client_id: "web",
      client_secret: "odd: 100% + more/less & so on",
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      post_logout_redirect_uris: ["http://127.0.0.1/bye"],
      backchannel_logout_uri: "https://app.example/logout",
      backchannel_logout_session_required: true,
    },
    {
      ...common,
      client_id: "axum",
      client_secret: "the secret of a web application",
      token_endpoint_auth_method: "client_secret_basic",
      redirect_uris: ["http://127.0.0.1/auth/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      post_logout_redirect_uris: ["http://127.0.0.1/"],
      backchannel_logout_uri: "https://app.example/logout",
      backchannel_logout_session_required: true,
    },
    {
      ...common,
      client_id: "bound",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks_uri: "https://app.example/jwks",
      grant_types: ["authorization_code", "refresh_token"],
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: "ES256",
      userinfo_signed_response_alg: "ES256",
    },
    {
      ...common,
      client_id: "service",
      client_secret: "a shared secret of thirty-two bytes or more",
      token_endpoint_auth_method: "client_secret_jwt",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
    {
      ...common,
      client_id: "tv",
      token_endpoint_auth_method: "none",
      grant_types: [deviceCode, "refresh_token"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  jwks: {
    keys: [signingKey("RS256", "rsa", { modulusLength: 2048 }), signingKey("ES256", "ec", { namedCurve: "P-256" })],
  },
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"], userinfoSigningAlgValues: ["RS256", "ES256"] },
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "notes:read"],
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    introspection: { enabled: true },
    jwtIntrospection: { enabled: true },
    jwtUserinfo: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    // For whoever asks for one: tokens that an API verifies by itself.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, audience) => ({ scope: "notes:read", audience, accessTokenFormat: "jwt" }),
    },
    revocation: { enabled: true },
  },
  fetch: asked,
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of the tests` }) }),
  issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: { DeviceCode: 600 },
};

const { issuer } = await startProvider(options, (handle) => (request, response) => {
  const command = commands[request.url];
  if (!command) return handle(request, response);
  answer(command, request).then(
    (text) => response.end(text),
    (error) => {
      response.statusCode = 500;
      response.end(String(error.stack));
    },
  );
});
console.log(JSON.stringify({ issuer }));

/** What the test asks for. */
const commands = {
  "/test/jwks": (body) => {
    state.jwks = body;
    return "";
  },
  "/test/logout-tokens": () => JSON.stringify(state.logoutTokens),
  "/test/browse": (body) => walk(JSON.parse(body)),
};

async function answer(command, request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return command(body);
}

/** The requests that the provider makes of clients. */
async function asked(url, options) {
  if (String(url) === "https://app.example/jwks")
    return new Response(state.jwks, { headers: { "content-type": "application/jwk-set+json" } });
  if (String(url) === "https://app.example/logout") {
    state.logoutTokens.push(new URLSearchParams(String(options.body)).get("logout_token"));
    return new Response(null, { status: 200 });
  }
  throw new Error(`nobody answers at ${url}`);
}

/**
 * Opens an address as a browser of this account, and fills in each form. Ends with the address below `until`, with the
 * form that is posted there, or with the page that has no form.
 */
async function walk({ url, until, account }) {
  if (!state.agents.has(account)) state.agents.set(account, userAgent());
  const browse = state.agents.get(account);
  let [page, form] = [url, undefined];
  for (let step = 0; step < 20; step++) {
    const { location, text, status } = await browse(page, form);
    if (location?.startsWith(until)) return location;
    const action = location ?? plain(/<form[^>]* action="([^"]*)"/.exec(text)?.[1] ?? "");
    if (!action) return `${status} ${text}`;
    const fields = location ? undefined : fieldsOf(text);
    if (action === until) return new URLSearchParams(fields).toString();
    if (fields?.prompt === "login") Object.assign(fields, { login: account, password: "any" });
    if (text.includes('id="op.logoutForm"')) fields.logout = "yes";
    [page, form] = [new URL(action, page).href, fields];
  }
  throw new Error(`it never ended, at ${page}`);
}

function fieldsOf(html) {
  const attribute = (tag, name) => plain(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
  const inputs = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => [
    attribute(tag, "name"),
    attribute(tag, "value"),
  ]);
  return Object.fromEntries(inputs.filter(([name]) => name !== ""));
}

function plain(text) {
  const characters = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  return text.replace(/&[a-z0-9#]+;/g, (entity) => characters[entity] ?? entity);
}
