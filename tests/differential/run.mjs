// Random tokens, through us and through jose with the same policy.
//
//   node tests/differential/run.mjs [COUNT] [SEED]
//
// We may refuse what jose takes, where a rule explains it. Whatever we take, jose takes as well. And the arithmetic on
// board says what node:crypto says.

import path from "node:path";
import { createLocalJWKSet, jwtVerify } from "jose";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { audience, issuer, makeKeys, now, tokens } from "./generate.mjs";
import { read, rules } from "./rules.mjs";

const count = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? 20_261_122);

const folder = path.join(target, "hosts", "differential");
await installPackage(folder);
const { CountersignError, createVerifier } = await importPackage(folder);

const material = makeKeys();
const options = { issuer, audience, jwks: material.jwks, now: () => now * 1000 };
const host = createVerifier({ ...options, engine: "auto" });
const wasm = createVerifier({ ...options, engine: "wasm" });
const keySet = createLocalJWKSet(material.jwks);
const policy = { issuer, audience, requiredClaims: ["exp"], clockTolerance: 30, currentDate: new Date(now * 1000) };

const explained = new Map(rules.map(({ id }) => [id, 0]));
const codes = new Map();
const failures = [];
const tally = { both: 0, neither: 0, explained: 0 };
for (const token of tokens(material, seed, count)) {
  const ours = verdict(() => host.verifySync(token));
  const builtIn = verdict(() => wasm.verifySync(token));
  const theirs = await jwtVerify(token, keySet, policy).then(
    () => "ok",
    (error) => error.code ?? `${error.name}: ${error.message}`,
  );
  codes.set(ours, (codes.get(ours) ?? 0) + 1);

  if (ours !== builtIn) {
    failures.push(`node:crypto: ${ours}, built in: ${builtIn}: ${show(token)}`);
  } else if (ours.startsWith("bug")) {
    failures.push(`${ours}: ${show(token)}`);
  } else if (ours === "ok" && theirs === "ok") {
    tally.both += 1;
  } else if (ours !== "ok" && theirs !== "ok") {
    tally.neither += 1;
  } else if (ours === "ok") {
    failures.push(`we take what jose refuses (${theirs}): ${show(token)}`);
  } else {
    const details = read(token);
    const applying = rules.filter((rule) => rule.codes.includes(ours) && rule.applies(details));
    if (applying.length === 0) failures.push(`no rule explains ${ours}: ${show(token)}`);
    else tally.explained += 1;
    for (const { id } of applying) explained.set(id, explained.get(id) + 1);
  }
}

console.log(
  `${count} tokens, seed ${seed}: both take ${tally.both}, both refuse ${tally.neither}, jose alone takes ${tally.explained}`,
);
console.log(
  `our verdicts: ${[...codes]
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => `${code} ${times}`)
    .join(", ")}`,
);
for (const [id, times] of explained) console.log(`  ${String(times).padStart(5)}  ${id}`);
// A generator that no longer makes good tokens, or only such, would prove nothing.
for (const [name, least] of Object.entries({ both: count / 20, neither: count / 20, explained: count / 50 })) {
  if (tally[name] < least) failures.push(`only ${tally[name]} tokens of the kind "${name}": the generator is off`);
}
for (const { id, rare } of rules) {
  if (!rare && explained.get(id) === 0 && count >= 20_000)
    failures.push(`the rule "${id}" explains nothing: it has no place in the table`);
}
summarize({ passed: tally.both + tally.neither + tally.explained, failures });

function verdict(verify) {
  try {
    verify();
    return "ok";
  } catch (error) {
    return error instanceof CountersignError ? error.code : `bug: ${error?.name}: ${error?.message}`;
  }
}

function show(token) {
  const { header, payload } = read(token);
  const cut = (text) => (text && text.length > 300 ? `${text.slice(0, 300)}…` : text);
  return `${cut(header?.text)} . ${cut(payload?.text)} (${cut(token)})`;
}
