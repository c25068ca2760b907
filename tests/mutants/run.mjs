// Every change of one character and every flip of one bit, of one valid token per algorithm: none may be accepted.
//
//   node tests/mutants/run.mjs [ALGORITHM…]
//
// The slow ones go through node:crypto. Native Rust does the same for every algorithm with the built-in engine.

import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { encode, makeKey, makeSecret, signToken } from "../support/tokens.mjs";

const plan = { HS256: "wasm", EdDSA: "wasm", ES256: "auto", RS256: "auto", PS256: "auto" };
const characters = [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  ...'=+/ .,~"\\\t\n\r\0\x7f\u00e9\u212a\uff21\u{1f600}',
];
const now = 1_800_000_000;

const folder = path.join(target, "hosts", "mutants");
await installPackage(folder);
const countersign = await importPackage(folder);
const { CountersignError, createSharedSecretVerifier, createVerifier } = countersign;

let passed = 0;
const failures = [];
const wanted = process.argv.slice(2);
for (const [algorithm, engine] of Object.entries(plan)) {
  if (wanted.length > 0 && !wanted.includes(algorithm)) continue;
  const start = Date.now();
  const { token, verifier } = make(algorithm, engine);
  verifier.verifySync(token);

  const codes = new Map();
  let count = 0;
  for (const mutant of mutants(token)) {
    count += 1;
    const code = verdict(verifier, mutant);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (code === "ok" || code.startsWith("bug")) failures.push(`${algorithm}: ${code}: ${JSON.stringify(mutant)}`);
    else passed += 1;
  }
  const spread = [...codes].map(([code, times]) => `${code} ${times}`).join(", ");
  console.log(`${algorithm} (${engine}): ${count} mutants in ${((Date.now() - start) / 1000).toFixed(1)} s: ${spread}`);
}
summarize({ passed, failures });

function make(algorithm, engine) {
  const policy = { issuer: "https://i.example", audience: "a", now: () => now * 1000 };
  const claims = { iss: "https://i.example", aud: "a", sub: "s", exp: now + 60, n: -0.5 };
  if (algorithm.startsWith("HS")) {
    const key = makeSecret(algorithm, Buffer.alloc(32, 0x5a));
    const token = signToken(key, { alg: algorithm }, claims);
    return {
      token,
      verifier: createSharedSecretVerifier({ ...policy, algorithm, secret: new Uint8Array(key.secret) }),
    };
  }
  const key = makeKey(algorithm, "k");
  const token = signToken(key, { alg: algorithm, kid: "k" }, claims);
  return { token, verifier: createVerifier({ ...policy, jwks: { keys: [key.jwk] }, engine }) };
}

function* mutants(token) {
  const units = [...token];
  for (let position = 0; position <= units.length; position += 1) {
    const [before, after] = [token.slice(0, position), token.slice(position + 1)];
    for (const character of characters) {
      if (position < units.length && character !== units[position]) yield `${before}${character}${after}`;
    }
    // One character more, one less, and a part of the token.
    for (const character of "A=. _") yield `${before}${character}${token.slice(position)}`;
    if (position < units.length) yield `${before}${after}`;
    if (position < units.length) yield before;
  }
  const segments = token.split(".");
  for (const [index, segment] of segments.entries()) {
    const bytes = Buffer.from(segment, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      yield segments.with(index, encode(flipped)).join(".");
    }
  }
}

function verdict(verifier, token) {
  try {
    verifier.verifySync(token);
    return "ok";
  } catch (error) {
    return error instanceof CountersignError ? error.code : `bug: ${error?.name}: ${error?.message}`;
  }
}
