// wasm memory: little at rest, and no more after many verifications. A process of its own, whose instances are watched.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { watchMemories } from "../support/memory.mjs";
import { countersign } from "./support/package.mjs";
import { refused } from "./support/assert.mjs";
import { algorithms, audience, issuer, makeKey, now, signWithSecret, tamper } from "./support/tokens.mjs";

const { memories, bytes } = watchMemories();

const secret = crypto.randomBytes(32);
const shared = countersign.createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, now });
const keys = algorithms.map((alg) => makeKey(alg));
const jwks = { keys: keys.map(({ jwk }) => jwk) };
const verifier = countersign.createVerifier({ issuer, audience, jwks, engine: "wasm", now });
const secretly = signWithSecret("HS256", secret);
const tokens = keys.map((key) => key.sign());

async function each(times) {
  for (const token of tokens) {
    for (let time = 0; time < times; time += 1) verifier.verifySync(token);
    await verifier.verify(token);
    await refused(() => verifier.verifySync(tamper(token)), "signature_invalid");
  }
}

test("at rest there are two mebibytes at most", () => {
  shared.verifySync(secretly);
  assert.equal(memories.length, 1);
  assert.ok(bytes() <= 2 * 2 ** 20, `${bytes()} bytes`);
});

test("twenty thousand verifications and refusals take no memory that the first ones did not", async () => {
  await each(20); // What is kept for a key is made by now.
  shared.verifySync(secretly);
  const before = bytes();
  const tampered = tamper(secretly);
  for (let time = 0; time < 10_000; time += 1) {
    shared.verifySync(secretly);
    assert.throws(() => shared.verifySync(tampered));
  }
  await each(20);
  assert.equal(bytes(), before);
});

test("key sets that change take no memory that the first ones did not", async () => {
  let seconds = now() / 1000;
  let round = 0;
  /** Sets of other keys and other sizes each time, some of them with a document of 200 KB. */
  const fetch = async () => {
    round += 1;
    const chosen = Array.from({ length: 1 + ((round * 7) % 40) }, (_, place) => {
      const { jwk } = keys[(round + place) % keys.length];
      return { ...jwk, kid: `${round}-${place}-${"k".repeat((round * place) % 200)}` };
    });
    return Response.json({ keys: chosen, padding: "p".repeat((round * 7919) % 200_000) });
  };
  const jwksUri = "https://id.example/jwks";
  const remote = countersign.createVerifier({ issuer, audience, jwksUri, fetch, now: () => seconds * 1000 });
  async function change(times) {
    for (let time = 0; time < times; time += 1) {
      seconds += 100_000;
      await remote.loadKeys();
    }
  }
  await change(200);
  const before = bytes();
  await change(800);
  assert.equal(round, 1000);
  assert.equal(bytes(), before);
});
