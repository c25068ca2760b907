// The authorization server of the suite `web`: npm's oidc-provider on a free port of 127.0.0.1, which rotates refresh tokens
// and ends a grant whose token comes twice. Its arguments are the origins of the applications; with `--issuer`, what it is
// called, behind a proxy, and with `--life` for how many seconds an access token is good. Prints where it is.

import { parseArgs } from "node:util";

import { startProvider } from "../support/provider.mjs";
import { changeResponse, TAMPERINGS } from "../support/tampering.mjs";

const { values, positionals: origins } = parseArgs({
  options: { issuer: { type: "string" }, life: { type: "string", default: "6" } },
  allowPositionals: true,
});

/** What happened, for the tests. */
const events = { refreshed: 0, revoked: 0, reused: 0, backChannel: [], clients: {} };

let fault;
const options = {
  issuer: values.issuer,
  clients: origins.map((origin, at) => ({
    client_id: `app${at}`,
    client_secret: "odd: 100% + more/less & so on, for thirty-two bytes",
    token_endpoint_auth_method: "client_secret_basic",
    redirect_uris: [`${origin}/auth/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/auth/backchannel-logout`,
    backchannel_logout_session_required: true,
  })),
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile"],
  features: {
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
  },
  async fetch(url, options) {
    const response = await fetch(url, { method: options.method, headers: options.headers, body: options.body });
    events.backChannel.push(response.status);
    return response;
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} <of the tests>` }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  // So that tests can wait for the end of an access token.
  ttl: { AccessToken: Number(values.life), RefreshToken: 3600 },
};
const { address, provider } = await startProvider(options, (handle) => (request, response) => {
  const { pathname, search } = new URL(request.url, "http://127.0.0.1");
  if (pathname === "/test/events") return response.end(JSON.stringify(events));
  if (pathname === "/test/fault") {
    fault = TAMPERINGS[search.slice(1)];
    return response.end();
  }
  if (fault !== undefined) changeResponse(response, fault);
  return handle(request, response);
});

/** Counts what came of a refresh token, in all and by client. */
function count(kind, { oidc }) {
  if (oidc.params?.grant_type !== "refresh_token") return;
  const client = (events.clients[oidc.client?.clientId] ??= { refreshed: 0, reused: 0 });
  events[kind] += 1;
  client[kind] += 1;
}

provider.on("grant.success", (context) => count("refreshed", context));
provider.on("grant.error", (context, error) => {
  console.error(error.error, error.error_description, error.error_detail);
  count("reused", context);
});
provider.on("grant.revoked", () => (events.revoked += 1));

console.log(JSON.stringify({ issuer: address }));
