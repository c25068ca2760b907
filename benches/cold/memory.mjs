// memory.mjs SCENARIOS.json TIMES: the bytes of wasm memory at rest, and after so many verifications, as JSON.

import { readFileSync } from "node:fs";

import { watchMemories } from "./watch-memories.mjs";

const [, , file, times] = process.argv;
const { bytes } = watchMemories();
const { createSharedSecretVerifier, createVerifier } = await import("countersign");

const verifiers = JSON.parse(readFileSync(file, "utf8")).map(
  ({ issuer, audience, algorithm, jwks, secret, tokens }) => {
    const verifier = secret
      ? createSharedSecretVerifier({ issuer, audience, algorithm, secret: Buffer.from(secret, "base64url") })
      : createVerifier({ issuer, audience, jwks, engine: "wasm" });
    return { secret, check: (turn) => verifier.verifySync(tokens[turn % tokens.length]) };
  },
);
const shared = verifiers.find(({ secret }) => secret);
const each = (times) => {
  for (const { check } of verifiers) for (let turn = 0; turn < times; turn += 1) check(turn);
};

shared.check(0);
const rest = bytes();
each(200); // Tables for the keys are made by now.
const warm = bytes();
for (let turn = 0; turn < Number(times); turn += 1) shared.check(turn);
each(200);
console.log(JSON.stringify({ times: Number(times), rest, warm, end: bytes() }));
