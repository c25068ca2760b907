// What javascript.mjs runs in Chromium: two clients that make a key at the same time, as two tabs would.

import { createClient } from "countersign/client";

const issuer = "https://id.example";
const jwks = [];
const fetch = async (_, { headers }) => {
  jwks.push(JSON.parse(atob(headers.dpop.split(".")[0].replaceAll("-", "+").replaceAll("_", "/"))).jwk);
  return Response.json({ access_token: "a", token_type: "DPoP" });
};
const metadata = { issuer, token_endpoint: `${issuer}/token` };
const client = () => createClient({ metadata, clientId: "page", dpop: true, fetch });
try {
  await Promise.all([client().refresh("r"), client().refresh("r")]);
  globalThis.said = { jwks };
} catch (error) {
  globalThis.said = { error: String(error.stack) };
}
