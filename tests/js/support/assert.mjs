// What the wrapper promises of every failure.

import assert from "node:assert/strict";
import { countersign } from "./package.mjs";

/** The code that a call, or a promise, fails with: a CountersignError's, or "TypeError". Anything else is a bug. */
export async function codeOf(call) {
  let error;
  try {
    await call();
    return "ok";
  } catch (thrown) {
    error = thrown;
  }
  if (error instanceof countersign.CountersignError) {
    assert.match(error.code, /^[a-z_]+$/);
    assert.ok([400, 401, 500, 502, 503].includes(error.status), `status ${error.status}`);
    assert.equal(error.name, "CountersignError");
    return error.code;
  }
  if (error instanceof TypeError) return "TypeError";
  throw new Error("neither a CountersignError nor a TypeError", { cause: error });
}

/** Asserts that a call fails with a code. Answers the error. */
export async function refused(call, code) {
  assert.equal(await codeOf(call), code);
  return Promise.resolve()
    .then(call)
    .then(assert.fail, (error) => error);
}

/** Asserts that a call throws a TypeError whose message matches. */
export async function mistaken(call, message) {
  const error = await refused(call, "TypeError");
  assert.match(error.message, message);
}
