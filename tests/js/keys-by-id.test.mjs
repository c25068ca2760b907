// Keys that are fetched one by one, several at a time.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { test } from "node:test";
import { codeOf } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const key = makeKey("ES256", "good");
const pem = createPublicKey({ key: key.jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
const token = (kid) => key.sign({ exp: time + 60, iat: time }, { kid });

/** A server that has the key, and answers when it is told to. */
function setUp() {
  const asked = new Map();
  const verifier = countersign.createVerifier({
    issuer,
    audience,
    now: () => time * 1000,
    jwksUri: "https://keys.example/{kid}",
    fetch: (url) =>
      new Promise((resolve) => {
        const kid = url.slice(url.lastIndexOf("/") + 1);
        asked.set(kid, () => resolve(kid === "good" ? new Response(pem) : new Response("", { status: 404 })));
      }),
  });
  return { asked, verifier };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

test("whoever waits for a key waits for that one, whatever is answered meanwhile", async () => {
  const { asked, verifier } = setUp();
  const first = verifier.verify(token("good"));
  await turn();
  const madeUp = codeOf(() => verifier.verify(token("made-up")));
  await turn();
  asked.get("made-up")();
  assert.equal(await madeUp, "key_not_found");
  const second = verifier.verify(token("good"));
  const outcome = second.catch(({ code }) => code);
  await turn();
  asked.get("good")();
  assert.equal(typeof (await outcome), "object");
  assert.equal(typeof (await first), "object");
  assert.deepEqual([...asked.keys()], ["good", "made-up"]);
});

test("a token of a known key does not wait for another one's server", async () => {
  const { asked, verifier } = setUp();
  const first = verifier.verify(token("good"));
  await turn();
  const madeUp = codeOf(() => verifier.verify(token("made-up")));
  const second = verifier.verify(token("good"));
  await turn();
  asked.get("good")();
  assert.equal(typeof (await first), "object");
  const late = new Promise((resolve) => setTimeout(resolve, 1000, "late"));
  assert.equal(typeof (await Promise.race([second, late])), "object");
  asked.get("made-up")();
  assert.equal(await madeUp, "key_not_found");
});
