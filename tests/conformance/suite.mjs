// The conformance suite. It runs as it is on every host: no API of Node's, no API of a browser's, nothing but the package,
// the corpus and what all hosts have (URL, TextDecoder, crypto.subtle).

import { corpusTests } from "./suite/corpus.mjs";
import { hostileTests } from "./suite/hostile.mjs";
import { loginTests } from "./suite/login.mjs";
import { remoteTests } from "./suite/remote.mjs";
import { valueTests } from "./suite/values.mjs";

/**
 * Runs everything. `corpora` are the parsed files of tests/corpus, `capabilities` is the host's row of capabilities.mjs.
 * Answers { verdicts, passed, failures }: `verdicts` maps each case of the corpus to "ok" or its error code.
 */
export async function run(countersign, corpora, capabilities) {
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
  }
  const context = { countersign, corpora, capabilities, verdicts, test };
  await corpusTests(context);
  await valueTests(context);
  await hostileTests(context);
  await remoteTests(context);
  await loginTests(context);
  return { verdicts, passed, failures };
}

function throws(body, type, pattern) {
  try {
    body();
  } catch (error) {
    if (error instanceof type && pattern.test(error.message)) return;
    throw new Error(`threw ${error?.name}: ${error?.message}`);
  }
  throw new Error("did not throw");
}
