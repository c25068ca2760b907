// The conformance suite. It runs as it is on every host: no API of Node's, no API of a browser's, nothing but the package,
// the corpus and what all hosts have (URL, TextDecoder, crypto.subtle).

import { corpusTests } from "./suite/corpus.mjs";
import { slimTests } from "./suite/engines.mjs";
import { guardTests } from "./suite/guard.mjs";
import { hostileTests } from "./suite/hostile.mjs";
import { loginTests } from "./suite/login.mjs";
import { providerTests } from "./suite/provider.mjs";
import { randomResponseTests } from "./suite/random-responses.mjs";
import { remoteTests } from "./suite/remote.mjs";
import { responseTests } from "./suite/responses.mjs";
import { valueTests } from "./suite/values.mjs";

/**
 * Runs everything, sign-in by `countersign.client`. `corpora` are the parsed files of tests/corpus, `capabilities` is the host's row of capabilities.mjs,
 * `issuer` a real server to sign in at, where the host reaches one.
 * Answers { verdicts, passed, failures }: `verdicts` maps each case of the corpus to "ok" or its error code.
 */
export async function run(countersign, corpora, capabilities, issuer) {
  const verdicts = {};
  const failures = [];
  let passed = 0;

  /** Runs one test: `body` returns when it holds and throws when it does not. */
  async function test(name, body) {
    try {
      await body();
      passed += 1;
    } catch (error) {
      failures.push(`${name}: ${error?.message ?? String(error)}`);
    }
  }

  if (capabilities.init) {
    await test("init: a synchronous call before it says what to do", () => {
      throws(() => countersign.thumbprint({ kty: "OKP", crv: "Ed25519", x: "" }), TypeError, /init/);
    });
    await countersign.init();
    await test("init: sign-in has a core and an init of its own", () => {
      throws(() => countersign.client.createPkcePair(), TypeError, /init\(\)` of the same entry point/);
    });
    await countersign.client.init();
  }
  const context = { countersign, corpora, capabilities, verdicts, test };
  await corpusTests(context);
  await slimTests(context);
  await valueTests(context);
  await hostileTests(context);
  await remoteTests(context);
  // Guards have the engine, and are none of `countersign/slim`.
  if (!capabilities.slim) await guardTests(context);
  const signIn = { ...context, countersign: countersign.client };
  await loginTests(signIn);
  await responseTests(signIn);
  await randomResponseTests(signIn);
  if (issuer) await providerTests({ ...signIn, issuer });
  return { verdicts, passed, failures };
}

function throws(body, type, pattern) {
  try {
    body();
  } catch (error) {
    if (error instanceof type && pattern.test(error.message)) return;
    throw new Error(`threw ${error?.name}: ${error?.message}`, { cause: error });
  }
  throw new Error("did not throw");
}
