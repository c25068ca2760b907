// Encrypted tokens with random headers and edits, also put to jose:  node tests/differential/encrypted.mjs [COUNT] [SEED]
//
// What we accept, jose accepts, and with the same content. What jose alone accepts has to name the rule of ours.

import { createCipheriv, createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import path from "node:path";
import { CompactEncrypt, compactDecrypt } from "jose";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { random } from "./random.mjs";

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 20_261_201);
const { below, chance, pick } = random(seed);
const folder = path.join(target, "differential");
await installPackage(folder);
const { createDecrypter } = await importPackage(folder, "countersign/client");

const secrets = { A128GCM: randomBytes(16), "A128CBC-HS256": randomBytes(32), A256GCM: randomBytes(32) };
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const decrypters = {
  ...Object.fromEntries(
    Object.entries(secrets).map(([enc, secret]) => [
      enc,
      createDecrypter([{ alg: "dir", enc, secret: new Uint8Array(secret) }]),
    ]),
  ),
  agreed: createDecrypter([{ alg: "ECDH-ES", key: privateKey.export({ format: "jwk" }) }]),
};
const allowed = {
  keyManagementAlgorithms: ["dir", "ECDH-ES"],
  contentEncryptionAlgorithms: ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"],
};

/** Why we refuse what jose accepts: the codes, and what is in such a token. */
const RULES = [
  ["compressed content is not inflated", "token_type_unsupported", (header) => "zip" in header],
  ["content is a JWT, as `cty` says", "token_type_unsupported", (header) => "cty" in header],
  ["no extension is known", "crit_unsupported", (header) => "crit" in header || "b64" in header],
  [
    "parameters have their types and bounds",
    "header_invalid",
    (header) => ["cty", "kid", "apu", "apv"].some((name) => name in header),
  ],
  [
    "no member occurs twice, and JSON is strict",
    "header_invalid",
    (_header, text) => /twice|\\ud800|1e999|9007199254740993/.test(text),
  ],
  ["passwords encrypt nothing", "encryption_unsupported", (header) => "p2c" in header || "p2s" in header],
  ["the header is no larger than 4 KiB", "token_too_large", (_header, text) => text.length > 4096],
  ["base64url is canonical", "token_malformed", (_header, _text, edited) => edited],
  ["content has characters of tokens", "token_malformed", (_header, _text, edited) => edited],
  ["a key is for its `enc`", "key_not_found", () => true],
];

const seen = new Map();
const failures = [];
let [accepted, refused] = [0, 0];
for (let number = 0; number < count; number += 1) {
  const sample = await make();
  // What has not five segments is handed back, for a verifier to judge.
  const isEncrypted = sample.token.split(".").length === 5;
  const ours = isEncrypted ? await outcome(() => sample.decrypt(sample.token)) : { code: "not encrypted" };
  const theirs = await outcome(async () => {
    const { plaintext } = await compactDecrypt(sample.token, sample.key, allowed);
    return new TextDecoder().decode(plaintext);
  });
  if (ours.text !== undefined) {
    accepted += 1;
    if (ours.text !== theirs.text)
      failures.push(`sample ${number}: we accept, jose says ${theirs.code}: ${sample.text}`);
  } else {
    refused += 1;
    if (theirs.text !== undefined) {
      const rule = RULES.find(
        ([, code, applies]) => code === ours.code && applies(sample.header, sample.text, sample.edited),
      );
      if (rule) seen.set(rule[0], (seen.get(rule[0]) ?? 0) + 1);
      else failures.push(`sample ${number}: jose accepts, we say ${ours.code}: ${sample.text}`);
    }
  }
}
for (const [rule, times] of seen) console.log(`jose accepts, ${times} times: ${rule}`);
console.log(`${count} tokens of seed ${seed}: ${accepted} accepted by both, ${refused} refused by us`);
if (accepted < count / 10 || refused < count / 10) failures.push("the samples are one-sided");
summarize({ passed: count - failures.length, failures: failures.slice(0, 20) });

async function outcome(call) {
  try {
    return { text: await call() };
  } catch (error) {
    return { code: String(error.code ?? error.name) };
  }
}

async function make() {
  const content = pick(["e30.e30.AA", "a.b.c", "x".repeat(1 + below(100)), randomBytes(8).toString("hex")]);
  if (chance(0.2)) return edit(await agreed(content));
  const enc = pick(Object.keys(secrets));
  const { text, header } = headerText({ alg: "dir", enc });
  const aad = Buffer.from(text).toString("base64url");
  return edit({
    decrypt: decrypters[enc],
    key: secrets[enc],
    header,
    text,
    token: seal(enc, secrets[enc], aad, content),
  });
}

async function agreed(content) {
  const enc = pick(["A128GCM", "A256GCM", "A128CBC-HS256"]);
  const jwe = new CompactEncrypt(new TextEncoder().encode(content)).setProtectedHeader({ alg: "ECDH-ES", enc });
  if (chance(0.5)) jwe.setKeyManagementParameters({ apu: randomBytes(below(20)), apv: randomBytes(20 + below(20)) });
  const token = await jwe.encrypt(publicKey);
  const text = Buffer.from(token.split(".")[0], "base64url").toString();
  return { decrypt: decrypters.agreed, key: privateKey, header: JSON.parse(text), text, token };
}

/** A header with members that mean something or nothing, written in one of the ways of JSON. */
function headerText(header) {
  const extra = {
    kid: () => pick(["k", "", "k".repeat(300), 7, null]),
    cty: () => pick(["JWT", "jwt", "application/jwt", "JSON", 7, null]),
    typ: () => pick(["JWT", "x", 7]),
    zip: () => pick(["DEF", "none", null]),
    crit: () => pick([[], ["b64"], ["x"], "x"]),
    b64: () => pick([true, false]),
    apu: () => pick(["AA", "AB", 7]),
    p2c: () => pick([1, "1"]),
    p2s: () => "AAAA",
    jku: () => "https://evil.example/",
    epk: () => pick([{}, null, "x"]),
    alg: () => pick(["dir", "DIR", "RSA1_5", "ECDH-ES", "none", 7]),
    enc: () => pick(["A128GCM", "A192GCM", "A256GCM", "none", 7]),
    padding: () => "x".repeat(below(5000)),
    number: () => pick([1.5, -0, 1e300]),
  };
  const made = { ...header };
  for (let times = below(3); times > 0; times -= 1) {
    const name = pick(Object.keys(extra));
    made[name] = extra[name]();
  }
  let text = JSON.stringify(made);
  if (chance(0.1)) text = JSON.stringify(made, null, pick([1, "\t"]));
  if (chance(0.05)) text = text.replace("{", '{"twice":1,"twice":2,');
  if (chance(0.05)) text = text.replace("alg", String.raw`\u0061lg`);
  if (chance(0.03)) text = text.replace("{", String.raw`{"lone":"\ud800",`);
  if (chance(0.03)) text = text.replace("{", '{"large":9007199254740993,');
  if (chance(0.03)) text = text.replace("}", pick([",}", "}}", "", "} x"]));
  return { header: made, text };
}

function seal(enc, key, aad, content) {
  if (enc !== "A128CBC-HS256") {
    const iv = randomBytes(12);
    const cipher = createCipheriv(enc === "A128GCM" ? "aes-128-gcm" : "aes-256-gcm", key, iv).setAAD(Buffer.from(aad));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return [aad, "", ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(".");
  }
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-128-cbc", key.subarray(16), iv);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(aad.length * 8));
  const hmac = createHmac("sha256", key.subarray(0, 16)).update(Buffer.concat([Buffer.from(aad), iv, sealed, bits]));
  const tag = hmac.digest().subarray(0, 16);
  return [aad, "", ...[iv, sealed, tag].map((part) => part.toString("base64url"))].join(".");
}

/** The same, or with an edit somewhere in the text. */
function edit(sample) {
  if (chance(0.6)) return { ...sample, edited: false };
  const { token } = sample;
  const at = below(token.length);
  const edits = [
    () => token.slice(0, at) + pick([..."ABab01-_+/=.~ "]) + token.slice(at + 1),
    () => token.slice(0, at) + token.slice(at + 1),
    () => token.slice(0, at) + pick([..."A.="]) + token.slice(at),
    () => token.slice(0, at),
    () => token.split(".").with(below(5), "").join("."),
    () => token.split(".").with(1, "AAAA").join("."),
    () => `${token}${pick(["=", "A", ".", "\n"])}`,
  ];
  return { ...sample, token: pick(edits)(), edited: true };
}
