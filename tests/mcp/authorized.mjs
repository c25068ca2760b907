// An MCP client whose authorization is `createClient`:  node authorized.mjs URL
//
// The protocol's conformance suite starts it, with the name of the scenario and what the client knows beforehand in its
// environment. It runs where the packages are installed: conformance-auth.mjs copies it there.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createClient, discover } from "countersign/client";

const resource = process.argv.at(-1);
const known = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
/** Where the client says of itself what it is (Client ID Metadata Documents). */
const CLIENT_ID = "https://conformance-test.local/client-metadata.json";
const REDIRECT_URI = "http://127.0.0.1:1234/callback";
/** Sign-ins for one request. */
const MOST_SIGN_INS = 2;

let client;
let tokens;
let metadata;

/** A `fetch` that signs in where it has to. */
async function authorizedFetch(url, init) {
  for (let signIns = 0; ; signIns += 1) {
    const response = await (tokens === undefined ? fetch(url, init) : client.fetch(url, init, tokens));
    const challenge = readChallenge(response.headers.get("www-authenticate") ?? "");
    const wants = response.status === 401 || (response.status === 403 && challenge.error === "insufficient_scope");
    if (!wants || signIns === MOST_SIGN_INS) return response;
    await response.body?.cancel();
    await obtain(challenge);
  }
}

/** The parameters of a challenge (RFC 6750 §3, RFC 9728 §5.1). */
function readChallenge(text) {
  const pairs = text.matchAll(/([a-z_]+)="([^"]*)"/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}

async function obtain(challenge) {
  metadata ??= await protectedResource(challenge.resource_metadata);
  const server = await discover(metadata.authorization_servers[0]);
  client ??= createClient({
    metadata: server,
    redirectUri: REDIRECT_URI,
    allowedOrigins: [new URL(resource).origin],
    ...(await registration(server)),
  });
  // What the challenge says, or else all that there is. What was granted before stays.
  const wanted = challenge.scope ?? metadata.scopes_supported?.join(" ");
  const scopes = new Set([tokens?.scope, wanted].flatMap((list) => list?.split(" ") ?? []));
  if (scopes.size > 0 && server.scopes_supported?.includes("offline_access")) scopes.add("offline_access");
  const scope = [...scopes].join(" ");
  tokens = await (needsNoUser(server) ? grant(scope) : signIn(scope));
}

const needsNoUser = (server) =>
  known.idp_id_token !== undefined || String(server.grant_types_supported) === "client_credentials";

async function signIn(scope) {
  const { url, transaction } = await client.authorize({ scope, params: { resource: metadata.resource } });
  const answer = await fetch(url, { redirect: "manual" });
  return client.callback(answer.headers.get("location"), transaction);
}

async function grant(scope) {
  const params = { resource: metadata.resource, ...(scope && { scope }) };
  if (known.idp_id_token === undefined) return client.grant("client_credentials", params);
  // The user's company has a token for this server's (Identity Assertion Authorization Grant).
  const idp = createClient({ issuer: known.idp_issuer, clientId: known.idp_client_id });
  const { accessToken } = await idp.grant("urn:ietf:params:oauth:grant-type:token-exchange", {
    subject_token: known.idp_id_token,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    requested_token_type: "urn:ietf:params:oauth:token-type:id-jag",
    audience: metadata.authorization_servers[0],
    resource,
  });
  return client.grant("urn:ietf:params:oauth:grant-type:jwt-bearer", { assertion: accessToken, ...params });
}

/** The metadata of the resource (RFC 9728 §3). It is about this resource, or about all of the server. */
async function protectedResource(named) {
  const { origin, pathname } = new URL(resource);
  const path = "/.well-known/oauth-protected-resource";
  for (const url of named ? [named] : [`${origin}${path}${pathname}`, `${origin}${path}`]) {
    const response = await fetch(url);
    if (!response.ok) continue;
    const found = await response.json();
    if (found.resource !== resource && found.resource.replace(/\/$/, "") !== origin)
      throw new Error(`the metadata is about ${found.resource}`);
    return found;
  }
  throw new Error("the server has no metadata");
}

/** As whom: registered before, by a document of its own, or registered now (RFC 7591). */
async function registration(server) {
  const methods = server.token_endpoint_auth_methods_supported ?? [];
  if (known.private_key_pem !== undefined) {
    const der = Buffer.from(known.private_key_pem.replaceAll(/-----.*-----|\s/g, ""), "base64");
    const key = await crypto.subtle.importKey("pkcs8", der, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    return { clientId: known.client_id, clientAuthentication: { method: "private_key_jwt", key, alg: "ES256" } };
  }
  if (known.client_id !== undefined) return registered(known.client_id, "client_secret_basic", known.client_secret);
  if (server.client_id_metadata_document_supported) return { clientId: CLIENT_ID };
  const response = await fetch(server.registration_endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "tests",
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: methods[0] ?? "none",
    }),
  });
  const { client_id: id, client_secret: secret, token_endpoint_auth_method: method } = await response.json();
  return registered(id, method ?? methods[0], secret);
}

const registered = (clientId, method, secret) =>
  secret === undefined || method === "none" ? { clientId } : { clientId, clientAuthentication: { method, secret } };

const mcp = new Client({ name: "tests", version: "1.0.0" });
await mcp.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch: authorizedFetch }));
await mcp.listTools();
await mcp.callTool({ name: "test-tool", arguments: {} });
await mcp.close();
