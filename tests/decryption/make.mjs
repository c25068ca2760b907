// Writes tokens.json, for tests/decryption.rs: tokens that jose has encrypted, one for each key and enc.
//
//   node tests/decryption/make.mjs

import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";

import { combinations, encrypt } from "../js/support/jwe.mjs";

const content = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";
const base64 = (bytes) => Buffer.from(bytes).toString("base64url");
const tokens = [];
for (const kind of combinations()) {
  const { alg, enc, curve, key } = kind;
  const token = await encrypt(
    content,
    kind,
    { kid: "k" },
    alg.startsWith("ECDH") ? { apu: Buffer.from("Alice") } : undefined,
  );
  const pkcs8 = () => createPrivateKey({ key: key.key, format: "jwk" }).export({ format: "der", type: "pkcs8" });
  const secret = key.secret ? base64(key.secret) : alg === "RSA-OAEP-256" ? base64(pkcs8()) : key.key.d;
  tokens.push({ alg, enc, curve, secret, token });
}
writeFileSync(new URL("tokens.json", import.meta.url), `${JSON.stringify({ content, tokens }, null, 2)}\n`);
