// One token per algorithm, such as identity providers issue: about 600 to 900 characters.

import { randomBytes } from "node:crypto";

import { encode, makeKey, makeSecret, signToken } from "../tests/support/tokens.mjs";

const issuer = "https://tenant.example/";
const audience = "https://api.example";

export function makeSamples(algorithms) {
  return algorithms.map((algorithm) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: "auth|5f7c8ec7c33c6c004bbafe82",
      aud: [audience, "https://tenant.example/userinfo"],
      iat: now,
      exp: now + 86_400,
      azp: "my_client_id",
      client_id: "my_client_id",
      jti: encode(randomBytes(16)),
      scope: "openid profile email read:appointments write:appointments",
      permissions: ["read:appointments", "write:appointments"],
    };
    if (algorithm.startsWith("HS")) {
      const key = makeSecret(algorithm, randomBytes(64));
      const token = signToken(key, { alg: algorithm, typ: "JWT" }, claims);
      return { algorithm, token, issuer, audience, secret: encode(key.secret) };
    }
    const key = makeKey(algorithm);
    const token = signToken(key, { alg: algorithm, typ: "JWT", kid: key.kid }, claims);
    return { algorithm, token, issuer, audience, jwk: key.jwk };
  });
}
