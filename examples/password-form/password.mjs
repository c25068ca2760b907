// An access token for a user's name and password, where a server offers nothing else (RFC 6749 §4.3):
//   ISSUER=https://tenant.example/ CLIENT_ID=… CLIENT_SECRET=… API=https://api.example node password.mjs alice < password.txt
import { text } from "node:stream/consumers";

import { createClient, isInvalidGrant } from "countersign/client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, API } = process.env;
const client = createClient({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
});

const [username] = process.argv.slice(2);
if (username === undefined) {
  console.error("usage: node password.mjs NAME < PASSWORD");
  process.exit(2);
}
// Not an argument: those are for everybody on the machine to see.
const password = (await text(process.stdin)).replace(/\r?\n$/, "");
try {
  const { accessToken } = await client.grant("password", { username, password, scope: "items:read", resource: API });
  console.log(accessToken);
} catch (error) {
  console.error(isInvalidGrant(error) ? "The name or the password is wrong." : `${error.code}: ${error.message}`);
  process.exitCode = 1;
}
