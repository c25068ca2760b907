// What is different in `countersign/slim`, which has no engine of its own: this, and nothing else.

import { fromBase64url, ok, outcome } from "./assert.mjs";

/** The values of the option `engine` that a token can be verified with. */
export const enginesOf = ({ slim }) => (slim ? ["auto", "host"] : ["wasm", "auto", "host"]);

/** The ways to verify under a public key. */
export const methodsOf = ({ slim }) => (slim?.sync === false ? ["verify"] : ["verifySync", "verify"]);

/** Whether no engine here verifies tokens of the algorithm. */
export const lacks = ({ slim }, algorithm) => slim?.lacks.includes(algorithm) ?? false;

/** What comes before the question whether the signature is valid. */
const before = new Set([
  "config",
  "jwks_invalid",
  "token_malformed",
  "token_too_large",
  "token_type_unsupported",
  "header_invalid",
  "crit_unsupported",
  "alg_not_allowed",
  "key_not_found",
  "key_ambiguous",
  "key_unsuitable",
  "key_invalid",
]);

const lengths = { ES256K: 64, "ML-DSA-44": 2420, "ML-DSA-65": 3309, "ML-DSA-87": 4627 };
const secp256k1Order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The verdict on a case: the corpus has it, but for a token that only an engine that is not here could judge. */
export function expectedVerdict(capabilities, { id, expect }, token) {
  if (capabilities.slim === undefined || before.has(expect)) return expect;
  if (capabilities.slim.refuses?.includes(id)) return "engine_unavailable";
  const [header, , signature] = token.split(".");
  const { alg } = JSON.parse(new TextDecoder().decode(fromBase64url(header)));
  return lacks(capabilities, alg) && isWellFormed(alg, fromBase64url(signature)) ? "engine_unavailable" : expect;
}

/** Other signatures are `signature_invalid` before any engine is asked. */
function isWellFormed(alg, signature) {
  if (signature.length !== lengths[alg]) return false;
  if (alg !== "ES256K") return true;
  return [signature.subarray(0, 32), signature.subarray(32)]
    .map((half) => BigInt(`0x${Array.from(half, (byte) => byte.toString(16).padStart(2, "0")).join("")}`))
    .every((number) => number > 0n && number < secp256k1Order);
}

/** What cannot be done says so, where there is no engine in the package. */
export async function slimTests({ countersign, corpora, capabilities, verdicts, test }) {
  const { slim } = capabilities;
  if (slim === undefined) return;
  const corpus = corpora.find(({ name }) => name === "algorithms");
  for (const { verifier: id, token, expect } of corpus.cases) {
    if (expect !== "ok" || corpus.verifiers[id].secret !== undefined) continue;
    const options = { ...corpus.verifiers[id], now: () => corpus.now * 1000 };
    const ways = [
      ["wasm", "verify"],
      ["wasm", "verifySync"],
    ];
    if (!slim.sync) ways.push(["auto", "verifySync"], ["host", "verifySync"]);
    for (const [engine, method] of ways) {
      await test(`slim, ${id}: no ${method} with the engine ${engine}`, async () => {
        const verifier = countersign.createVerifier({ ...options, engine });
        const { verdict } = await outcome(countersign, () => verifier[method](token));
        ok(verdict === "config", `comes to ${verdict}`);
      });
    }
    if (!lacks(capabilities, id)) continue;
    await test(`slim, ${id}: the error says that no engine is there`, async () => {
      const { error } = await outcome(countersign, () => countersign.createVerifier(options).verify(token));
      ok(error.code === "engine_unavailable" && error.status === 500, `${error.code}, ${error.status}`);
    });
  }
  await test("slim: every algorithm that lacks an engine has a case", () => {
    for (const algorithm of slim.lacks) {
      const verdict = verdicts[`${algorithm}-valid`];
      ok(verdict === "engine_unavailable", `${algorithm} comes to ${verdict}`);
    }
  });
}
