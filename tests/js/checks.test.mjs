// `countersign/checks`: each code has its check, and each check its place in the order.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { importPackage, root } from "../support/package.mjs";
import { folder } from "./support/package.mjs";

const { CHECKS, REMEDIES, checkOf, judge } = await importPackage(folder, "countersign/checks");
const reference = readFileSync(path.join(root, "docs/reference/errors.md"), "utf8");
const codesOf = (text) => [...text.matchAll(/^### `(\w+)`/gm)].map(([, code]) => code);

test("every code about tokens and keys has its check", () => {
  const sections = reference.split(/^## /m).slice(1);
  const codes = sections.filter((text) => /^(Reading|Choosing|Judging|Getting)/.test(text)).flatMap(codesOf);
  assert.ok(codes.length > 20);
  for (const code of codes) assert.ok(checkOf({ code, status: 401, claim: "x" }), code);
  for (const code of CHECKS.flatMap((check) => check.codes)) assert.ok(codesOf(reference).includes(code), code);
});

test("every code has a cause and a remedy, as the reference has them", () => {
  assert.deepEqual(Object.keys(REMEDIES).sort(), codesOf(reference).sort());
  const oneLine = reference.replace(/\s+/g, " ");
  for (const [code, { cause, remedy }] of Object.entries(REMEDIES)) {
    assert.ok(remedy.length > 10 && cause.length > 10, code);
    assert.ok(oneLine.includes(cause) && oneLine.includes(remedy), code);
  }
});

const ends = (error, binding) => judge(error, binding).find(({ state }) => state === "failed")?.id;

test("what is before the end has passed, and what is behind it was not reached", () => {
  const states = judge({ code: "issuer_mismatch", status: 401, claim: "iss" }).map(({ id, state }) => [id, state]);
  assert.deepEqual(states.slice(8), [
    ["kind", "passed"],
    ["issuer", "failed"],
    ["audience", "not reached"],
    ["times", "not reached"],
    ["rest", "not reached"],
  ]);
  assert.ok(judge(undefined).every(({ state }) => state === "passed"));
  const nothing = judge({ code: "core_unavailable", status: 500 });
  assert.ok(nothing.every(({ state }) => state === "not reached"));
});

test("codes about claims end where their claim is looked at", () => {
  assert.equal(ends({ code: "claim_missing", status: 401, claim: "exp" }), "times");
  assert.equal(ends({ code: "claim_invalid", status: 401, claim: "aud" }), "audience");
  assert.equal(ends({ code: "claim_invalid", status: 401 }), "payload");
  assert.equal(ends({ code: "claim_missing", status: 401, claim: "sub" }), "rest");
  assert.equal(ends({ code: "token_too_old", status: 401, claim: "iat" }), "times");
  const binding = { claim: "client_id", values: ["me"] };
  assert.equal(ends({ code: "claim_missing", status: 401, claim: "client_id" }, binding), "audience");
  assert.equal(ends({ code: "claim_missing", status: 401, claim: "client_id" }), "rest");
  assert.equal(ends({ code: "key_invalid", status: 500 }), "keys");
  assert.equal(ends({ code: "key_invalid", status: 401 }), "key");
});
