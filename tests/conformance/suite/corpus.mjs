// Every case of the corpus, through every engine of the host, synchronously and asynchronously: one verdict.

import { fromBase64url, outcome } from "./assert.mjs";
import { enginesOf, expectedVerdict, methodsOf } from "./engines.mjs";

export async function corpusTests({ countersign, corpora, capabilities, verdicts, test }) {
  for (const corpus of corpora) {
    const verifiers = new Map();
    for (const definition of corpus.cases) {
      const token = tokenOf(definition.token);
      const seen = [];
      // A shared secret is for the built-in engine alone: there is no engine to choose.
      const hasSecret = corpus.verifiers[definition.verifier].secret !== undefined;
      const methods = hasSecret ? ["verifySync", "verify"] : methodsOf(capabilities);
      const ways = (hasSecret ? [undefined] : enginesOf(capabilities)).flatMap((engine) =>
        methods.map((method) => ({ engine, method })),
      );
      const expected = hasSecret ? definition.expect : expectedVerdict(capabilities, definition, token);
      for (const { engine, method } of ways) {
        const way = [engine, method].filter(Boolean).join(" ");
        const key = `${definition.verifier} ${engine}`;
        await test(`${definition.id} (${way})`, async () => {
          const { verdict, error } = await outcome(countersign, () => {
            if (!verifiers.has(key)) verifiers.set(key, makeVerifier(countersign, corpus, definition.verifier, engine));
            return verifiers.get(key)[method](token, definition.expectations);
          });
          seen.push(verdict);
          if (verdict !== expected) throw new Error(`${verdict}, not ${expected}${because(error)}`);
          if (verdict === definition.expect && definition.claim !== undefined && error?.claim !== definition.claim) {
            throw new Error(`the claim is ${error?.claim}, not ${definition.claim}`);
          }
          if (error) discloses(error, token);
        });
      }
      const different = seen.filter((verdict) => verdict !== seen[0]);
      verdicts[definition.id] = different.length === 0 ? seen[0] : `differs: ${[...new Set(seen)].join(", ")}`;
    }
  }
}

export function makeVerifier(countersign, corpus, id, engine, overrides = {}) {
  const { secret, ...options } = corpus.verifiers[id];
  const common = { now: () => corpus.now * 1000, ...options, ...overrides };
  return secret === undefined
    ? countersign.createVerifier({ ...common, engine })
    : countersign.createSharedSecretVerifier({ ...common, secret: fromBase64url(secret) });
}

/** A token of the corpus: text, the bytes of its text, or a text repeated. */
export function tokenOf(token) {
  if (typeof token === "string") return token;
  if (token.base64 !== undefined) {
    const bytes = Uint8Array.from(atob(token.base64), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }
  const [text, count] = token.repeat;
  return text.repeat(count);
}

/** No part of a token belongs into an error: not its signature, and no run of its characters. */
function discloses(error, token) {
  const told = [error.message, error.expected, error.actual].map((part) => JSON.stringify(part) ?? "").join(" ");
  for (const segment of token.split(".", 8)) {
    const sample = segment.slice(0, 24);
    if (sample.length === 24 && told.includes(sample)) throw new Error("the error repeats a part of the token");
  }
}

const because = (error) => (error?.message ? ` (${error.message})` : "");
