// The core's parsers beside those of the host: JSON.parse, URL and URLSearchParams, over random texts.
//
//   node tests/differential/parsers.mjs [COUNT] [SEED]
//
// COUNT is for each parser; COUNTERSIGN_CASES says it too. What the core takes, the host takes as well and reads the same.
// What it refuses and the host takes, a rule of ours explains, told from the text here.

import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { encode, makeSecret, signToken } from "../support/tokens.mjs";
import { random } from "./random.mjs";
import { characters, form, formPieces, json, jsonPieces, mutate, object, spell, url, urlPieces } from "./texts.mjs";

const count = Number(process.argv[2] ?? process.env.COUNTERSIGN_CASES ?? 100_000);
const seed = Number(process.argv[3] ?? 20_261_125);

const folder = path.join(target, "hosts", "differential");
await installPackage(folder);
const { CountersignError, createSharedSecretVerifier, createVerifier, decodeUnverified } = await importPackage(folder);
const { parseAuthorizationResponse } = await importPackage(folder, "countersign/client");

function attempt(work) {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof CountersignError || error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return { error };
  }
}

/** A payload: the same verdict as JSON.parse, but for the rules. */
function compareJson(draw, fail) {
  let text = draw.chance(0.8) ? object(draw, 6, () => json(draw, draw.chance(0.02) ? 40 : 5)) : json(draw, 3);
  if (draw.chance(0.5)) text = mutate(draw, text, jsonPieces);
  if (!text.isWellFormed()) return "halved by a mutation";
  const ours = attempt(() => decodeUnverified(`${encode('{"alg":"HS256"}')}.${encode(text)}.AA`).claims);
  const theirs = attempt(() => JSON.parse(text));
  if (theirs.error) return ours.error ? "neither" : void fail(`taken, and not by JSON.parse: ${text}`);
  const broken = Object.entries(jsonRules)
    .filter(([, applies]) => applies(text, theirs.value))
    .map(([rule]) => rule);
  if (!ours.error) {
    if (broken.length > 0) fail(`taken against ${broken}: ${text}`);
    else if (JSON.stringify(ours.value) !== JSON.stringify(theirs.value)) fail(`read as another value: ${text}`);
    return "both";
  }
  if (ours.error.code !== "claim_invalid") fail(`${ours.error.code}: ${text}`);
  if (broken.length === 0) fail(`refused without a rule: ${text}`);
  return broken;
}

const jsonRules = {
  "not an object": (_, value) => typeof value !== "object" || value === null || Array.isArray(value),
  "a name twice": (text, value) => tokens(text).filter(({ name }) => name).length > members(value),
  "half of a pair": (text) =>
    tokens(text).some(({ string }) => string !== undefined && !JSON.parse(string).isWellFormed()),
  "too deep": (text) =>
    tokens(text).reduce(
      ([depth, deepest], { open, close }) => [
        depth + (open ? 1 : 0) - (close ? 1 : 0),
        Math.max(deepest, depth + (open ? 1 : 0)),
      ],
      [0, 0],
    )[1] > 32,
  "beyond all doubles": (text) =>
    tokens(text).some(({ number }) => number !== undefined && !Number.isFinite(Number(number))),
  "an unsafe integer": (text) => tokens(text).some(({ number }) => number !== undefined && isUnsafe(number)),
};

/** The tokens of a well-formed text. */
function tokens(text) {
  const pattern =
    /(?<string>"(?:[^"\\]|\\.)*")(?<name>\s*:)?|(?<number>-?\d[\d.eE+-]*)|(?<open>[[{])|(?<close>[\]}])/gs;
  return [...text.matchAll(pattern)].map(({ groups }) => groups);
}

function members(value) {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value).reduce((sum, item) => sum + members(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** Whether the last digit is one of units or below, and the double is above 2^53 - 1. */
function isUnsafe(number) {
  const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:[eE](.+))?$/.exec(number);
  return Number(exponent) <= fraction.length && Math.abs(Number(number)) > Number.MAX_SAFE_INTEGER;
}

/** A claim that the core compares: it holds the characters that JSON.parse finds, and no others. */
const strings = (() => {
  const key = makeSecret("HS256", Buffer.alloc(32, 7));
  const now = 1_800_000_000;
  const verifier = createSharedSecretVerifier({
    secret: key.secret,
    algorithm: "HS256",
    issuer: "i",
    audience: "a",
    profile: "id-token",
    now: () => now * 1000,
  });
  return { key, now, verifier };
})();

function compareStrings(draw, fail) {
  const { key, now, verifier } = strings;
  const text = `n${characters(draw, 6)}`;
  const payload = `{"iss":"i","aud":"a","sub":"s","iat":${now},"exp":${now + 9},"nonce":${spell(draw, text)}}`;
  if (attempt(() => JSON.parse(payload)).error) return "neither";
  const nonce = JSON.parse(payload).nonce;
  const token = signToken(key, '{"alg":"HS256"}', payload);
  // The same text with one character of another plane.
  const letters = [...nonce];
  const at = draw.below(letters.length);
  const point = letters[at].codePointAt(0);
  letters[at] = String.fromCodePoint(point ^ (point < 0x100000 ? 0x10000 << draw.below(4) : 1));
  const other = letters.join("");
  if (!nonce.isWellFormed()) {
    const code = attempt(() => verifier.verifySync(token, { nonce: text })).error?.code;
    if (code !== "claim_invalid") fail(`half of a pair gets ${code}: ${payload}`);
    return "half of a pair";
  }
  const ours = attempt(() => verifier.verifySync(token, { nonce })).error;
  if (ours) fail(`${ours.code} for its own nonce: ${payload}`);
  const mismatch = other.isWellFormed()
    ? attempt(() => verifier.verifySync(token, { nonce: other })).error?.code
    : "nonce_mismatch";
  if (mismatch !== "nonce_mismatch") fail(`${mismatch} for ${JSON.stringify(other)}: ${payload}`);
  return "both";
}

/** The address of a key set: as URL reads it, or refused by a rule. */
function compareUrl(draw, fail) {
  let text = url(draw);
  if (draw.chance(0.4)) text = mutate(draw, text, urlPieces);
  if (!text.isWellFormed() || text === "") return "no option";
  const ours = attempt(() => createVerifier({ issuer: "i", audience: "a", jwksUri: text, fetch: () => undefined }));
  const theirs = attempt(() => new URL(text));
  if (theirs.error) {
    if (ours.error) return "neither";
    if (!/xn--/i.test(text)) fail(`taken, and not by URL: ${text}`);
    return "an xn-- label that is none";
  }
  const broken = Object.entries(urlRules)
    .filter(([, applies]) => applies(text, theirs.value))
    .map(([rule]) => rule);
  if (!ours.error) {
    if (broken.length > 0) fail(`taken against ${broken}: ${text}`);
    return "both";
  }
  if (!(ours.error instanceof TypeError)) fail(`${ours.error}: ${text}`);
  if (broken.length === 0) fail(`refused without a rule: ${text}`);
  return broken;
}

const authority = (text) => /^\w+:\/\/([^/?#]*)/.exec(text)?.[1] ?? "";

const urlRules = {
  scheme: (text) => !/^https?:\/\//.test(text),
  characters: (text) => !/^[!$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]*$/.test(text),
  "user information": (text) => authority(text).includes("@"),
  "letters of a host": (_, { hostname }) => !/^(\[.*\]|[-.\w]*)$/.test(hostname),
  // By the standard these are rewritten too, but the URL of Node 20 leaves them where an earlier segment begins with a dot.
  "a segment of dots": (text) =>
    /^\w+:\/\/[^/?#]*([^?#]*)/
      .exec(text)?.[1]
      .split("/")
      .some((segment) => /^(\.|%2e){1,2}$/i.test(segment)) === true,
  rewritten: (text, theirs) => {
    const [, scheme = "", host = "", tail = ""] = /^(https?):\/\/(\[[^\]]*\]|[^:/?#]*)(.*)$/s.exec(text) ?? [];
    const port = scheme === "https" ? /^:443(?![0-9])/ : /^:80(?![0-9])/;
    const rest = tail.replace(port, "");
    const slash = /^(:\d+)?($|\?)/.test(rest) ? rest.replace(/^(:\d+)?/, "$1/") : rest;
    // An IPv6 address has several texts.
    const shown = host.startsWith("[") && theirs.hostname.startsWith("[") ? theirs.hostname : host.toLowerCase();
    return `${scheme}://${shown}${slash}` !== theirs.href;
  },
  "http beyond loopback": (text, { protocol }) =>
    protocol === "http:" && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])(:\d*)?$/.test(authority(text)),
};

/** The code of a callback: as URLSearchParams has it, or refused by a rule. */
function compareForm(draw, fail) {
  let query = form(draw);
  if (draw.chance(0.4)) query = mutate(draw, query, formPieces);
  if (!query.isWellFormed() || query.includes("#")) return "halved by a mutation";
  const transaction = { issuer: "https://i.example", clientId: "c", redirectUri: "https://a.example/cb", tokenEndpoint: "https://i.example/t", state: "s", codeVerifier: "v", requireIssuer: false, expiresAt: 4_000_000_000 }; // prettier-ignore
  const ours = attempt(() => parseAuthorizationResponse(`https://a.example/cb?state=s&${query}`, transaction).code);
  const theirs = new URLSearchParams(`state=s&${query}`);
  const names = [...theirs.keys()];
  const broken = Object.entries({
    "a broken escape": /%(?![0-9a-f]{2})/i.test(query),
    "no UTF-8": query.split(/[&=]/).some((part) => !isUtf8(part)),
    "a name twice": new Set(names).size < names.length,
    "no code": !theirs.get("code"),
    "an error": names.includes("error"),
    "another issuer": names.includes("iss"),
  })
    .filter(([, applies]) => applies)
    .map(([rule]) => rule);
  if (!ours.error) {
    if (broken.length > 0) fail(`taken against ${broken}: ${query}`);
    if (ours.value !== theirs.get("code")) fail(`${JSON.stringify(ours.value)}: ${query}`);
    return "both";
  }
  if (broken.length === 0) fail(`${ours.error.code} without a rule: ${query}`);
  return ["neither", ...broken];
}

/** Whether the bytes that a component stands for are UTF-8. */
function isUtf8(component) {
  const bytes = Buffer.from(component.replaceAll("%", "\0%")).toString("latin1");
  const decoded = bytes.replace(/\0%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(decoded, "latin1"));
    return true;
  } catch {
    return false;
  }
}

const failures = [];
let passed = 0;
for (const [name, compare] of Object.entries({
  json: compareJson,
  strings: compareStrings,
  urls: compareUrl,
  forms: compareForm,
})) {
  const draw = random(seed + name.length);
  const tally = new Map();
  const before = failures.length;
  for (let index = 0; index < count && failures.length < before + 10; index += 1) {
    const outcome = compare(draw, (text) => failures.push(`${name}: ${text}`));
    for (const kind of [outcome].flat()) tally.set(kind, (tally.get(kind) ?? 0) + 1);
    passed += 1;
  }
  console.log(
    `${name}: ${count} texts, seed ${seed}: ${[...tally]
      .sort(([, a], [, b]) => b - a)
      .map(([kind, times]) => `${kind} ${times}`)
      .join(", ")}`,
  );
  // A generator that no longer makes good texts, or only such, would prove nothing.
  for (const kind of ["both", "neither"])
    if ((tally.get(kind) ?? 0) < count / 50 && !(name === "strings" && kind === "neither"))
      failures.push(`${name}: only ${tally.get(kind) ?? 0} texts of the kind "${kind}"`);
}
summarize({ passed, failures });
