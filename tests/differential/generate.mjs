// Random tokens: most begin as good ones, and most are then spoilt in one to three ways, before or after they are signed.

import { encode, makeKey, makeSecret } from "../support/tokens.mjs";
import { random } from "./random.mjs";

export const issuer = "https://issuer.example/";
export const audience = "https://api.example";
export const now = 1_800_000_000;

// RSA signs slowly: its share is small.
const shares = { EdDSA: 9, ES256: 8, ES384: 1, RS256: 1, PS256: 1 };

export function makeKeys() {
  const keys = Object.fromEntries(Object.keys(shares).map((algorithm) => [algorithm, makeKey(algorithm)]));
  const stranger = makeKey("ES256", "key-ES256"); // Has a known name, but is not in the set.
  const secret = makeSecret("HS256", Buffer.from(JSON.stringify(keys.RS256.jwk)));
  return { keys, stranger, secret, jwks: { keys: Object.values(keys).map(({ jwk }) => jwk) } };
}

export function* tokens({ keys, stranger, secret }, seed, count) {
  const draw = random(seed);
  const algorithms = Object.entries(shares).flatMap(([algorithm, share]) => Array(share).fill(algorithm));
  for (let index = 0; index < count; index += 1) {
    const key = keys[draw.pick(algorithms)];
    const parts = { header: goodHeader(draw, key), payload: goodPayload(draw), key };
    // A good token now and then: both must take it.
    const spoilings = draw.chance(0.1) ? 0 : 1 + draw.below(3);
    let segments;
    for (let step = 0; step < spoilings; step += 1) {
      if (segments === undefined && draw.chance(0.7)) spoilBefore(draw, parts, { keys, stranger, secret });
      else segments = spoilAfter(draw, segments ?? sign(draw, parts), keys);
    }
    yield (segments ?? sign(draw, parts)).join(".");
  }
}

function goodHeader(draw, { algorithm, kid }) {
  const header = { alg: algorithm, kid };
  const typ = draw.pick(["at+jwt", "JWT", "application/at+jwt", "AT+JWT", undefined]);
  return typ === undefined ? header : { typ, ...header };
}

function goodPayload(draw) {
  const payload = {
    iss: issuer,
    sub: "user",
    aud: audience,
    exp: now + 1 + draw.below(3600),
    iat: now - draw.below(60),
  };
  if (draw.chance(0.3)) payload.nbf = now - draw.below(30);
  if (draw.chance(0.3)) payload.jti = encode(String(draw.below(1e9)));
  if (draw.chance(0.3)) payload.client_id = "client";
  if (draw.chance(0.3)) payload.scope = "read write";
  if (draw.chance(0.2)) payload.aud = ["https://other.example", audience];
  if (draw.chance(0.2)) payload.nested = { list: [1, -2.5, 1e-7, true, null, "\u00fc\u{1f600}", { deep: [[]] }] };
  return payload;
}

/** Header and payload may have become text or bytes by now. */
function sign(draw, { header, payload, key, lax }) {
  const segment = (part) => encode(typeof part === "string" || Buffer.isBuffer(part) ? part : JSON.stringify(part));
  const segments = [segment(header), segment(payload)];
  if (lax) {
    const index = draw.below(2);
    segments[index] = lax(segments[index]);
  }
  return [...segments, encode(key.sign(segments.join(".")))];
}

const oddValues = [
  null,
  true,
  "",
  "x",
  "1800000000",
  0,
  1,
  -1,
  1.5,
  -0,
  now,
  now + 0.5,
  now + 31,
  now - 29,
  now - 30,
  now - 31,
  2 ** 53,
  2 ** 53 - 1,
  1e300,
  [],
  ["x"],
  {},
  { a: 1 },
];
const claims = [
  "iss",
  "sub",
  "aud",
  "exp",
  "nbf",
  "iat",
  "jti",
  "client_id",
  "scope",
  "azp",
  "nonce",
  "at_hash",
  "c_hash",
  "s_hash",
  "events",
  "cnf",
  "auth_time",
  "__proto__",
  "constructor",
];
const parameters = [
  "alg",
  "kid",
  "typ",
  "crit",
  "b64",
  "zip",
  "cty",
  "enc",
  "jku",
  "jwk",
  "x5u",
  "x5c",
  "x5t",
  "p2c",
  "__proto__",
  "nonce",
];
const odd = {
  typ: [
    "jwt",
    "at+JWT",
    "application/jwt",
    "logout+jwt",
    "dpop+jwt",
    "secevent+jwt",
    "application/application/at+jwt",
    " at+jwt",
    1,
    null,
    ["JWT"],
  ],
  alg: [
    "none",
    "None",
    "HS256",
    "RS256",
    "PS256",
    "ES256",
    "es256",
    "ES384",
    "EdDSA",
    "Ed448",
    "RSA-OAEP",
    "dir",
    "",
    1,
    null,
  ],
  crit: [[], ["exp"], ["b64"], ["alg"], ["x"], null, "b64", [1], ["b64", "b64"]],
  b64: [true, false, null],
  zip: ["DEF", "GZ"],
  cty: ["JWT", "jwt", "json", 1],
  kid: ["", "key-RS256", "key-ES256", "unknown", "key-", 1, null, ["key-EdDSA"], "k".repeat(257), "../../key"],
};

function spoilBefore(draw, parts, { keys, stranger, secret }) {
  const ways = [
    () => set(parts, "payload", draw.pick(claims), draw.pick(oddValues)),
    () => set(parts, "payload", draw.pick(claims), draw.pick(oddValues)),
    () =>
      set(
        parts,
        "payload",
        draw.pick(["exp", "nbf", "iat"]),
        now + draw.below(200) - 100 + (draw.chance(0.2) ? 0.5 : 0),
      ),
    () =>
      set(
        parts,
        "payload",
        "iss",
        draw.pick([issuer.slice(0, -1), `${issuer}/`, issuer.toUpperCase(), [issuer], ` ${issuer}`]),
      ),
    () =>
      set(
        parts,
        "payload",
        "aud",
        draw.pick([
          [],
          [audience, 1],
          [[audience]],
          `${audience}/`,
          [audience, audience],
          ["x", "y"],
          { 0: audience },
          audience.slice(1),
        ]),
      ),
    () => remove(parts, "payload", draw.pick(claims.slice(0, 6))),
    () => set(parts, "header", ...parameter(draw)),
    () => set(parts, "header", ...parameter(draw)),
    () => remove(parts, "header", draw.pick(["alg", "kid", "typ"])),
    () => text(parts, draw.pick(["header", "payload"]), (json) => rewrite(draw, json)),
    () => text(parts, draw.pick(["header", "payload"]), (json) => rewrite(draw, json)),
    () => (parts.lax = (segment) => spoilSegment(draw, segment)),
    () => (parts.key = draw.pick([stranger, secret, draw.pick(Object.values(keys))])),
    () =>
      (parts.payload = draw.pick([
        "",
        "[]",
        "null",
        "1",
        '"x"',
        "{",
        "{}",
        Buffer.alloc(0),
        Buffer.from([0xff, 0xfe]),
      ])),
    () =>
      set(
        parts,
        "payload",
        "filler",
        draw.chance(0.5) ? "x".repeat(9_000 + draw.below(6_000)) : nest(28 + draw.below(8)),
      ),
    () =>
      set(
        parts,
        "header",
        "filler",
        draw.chance(0.5) ? "x".repeat(3_500 + draw.below(1_200)) : nest(4 + draw.below(8)),
      ),
  ];
  draw.pick(ways)();
}

function parameter(draw) {
  const name = draw.pick(parameters);
  return [name, draw.pick(Object.hasOwn(odd, name) ? odd[name] : oddValues)];
}

function set(parts, part, name, value) {
  if (typeof parts[part] !== "object" || Buffer.isBuffer(parts[part])) return;
  // Not an assignment: `__proto__` would set the prototype.
  parts[part] = JSON.parse(
    JSON.stringify(parts[part]).replace(/\}$/, (end) => `,${JSON.stringify(name)}:${JSON.stringify(value)}${end}`),
  );
}

function remove(parts, part, name) {
  if (typeof parts[part] === "object") delete parts[part][name];
}

function text(parts, part, change) {
  const json =
    typeof parts[part] === "object" && !Buffer.isBuffer(parts[part])
      ? JSON.stringify(parts[part])
      : String(parts[part]);
  parts[part] = change(json);
}

/** The same JSON written differently, or no longer JSON. */
function rewrite(draw, json) {
  const ways = [
    () => `\ufeff${json}`,
    () => `${json} `,
    () => `\n\t${json}\r\n`,
    () => `${json}x`,
    () => `${json}${json}`,
    () => json.replace(/\}$/, ",}"),
    () => json.replace(/:/, " : "),
    () => json.replace(/"(exp|sub|alg|kid)"/, (name) => `"\\u00${name.charCodeAt(1).toString(16)}${name.slice(2)}`),
    () => json.replace(/\}$/, ',"exp":1900000000}'),
    () => json.replace(/\}$/, ',"alg":"ES256"}'),
    () => json.replace(/\}$/, ',"\\u0065xp":1900000000}'),
    () => json.replace(/\}$/, ',"x":{"a":1,"a":2}}'),
    () => json.replace(/\}$/, ',"x":"\\ud800"}'),
    () => json.replace(/\}$/, ',"x":1e400}'),
    () => json.replace(/\}$/, ',"x":-1e400}'),
    () => json.replace(/\}$/, ',"x":123456789012345678901234567890}'),
    () => json.replace(/\}$/, ',"x":01}'),
    () => json.replace(/\}$/, ',"x":NaN}'),
    () => json.replace(/\}$/, ',"x":"\t"}'),
    () => json.replace(/\}$/, ",\"x\":'y'}"),
    () => json.replace(/\}$/, "/**/}"),
    () => Buffer.from(json.replace(/\}$/, ',"x":"\u00e9"}'), "latin1"),
    () => Buffer.from(json, "utf16le"),
    () =>
      json.replace(
        /"exp":\d+/,
        draw.pick([
          '"exp":1e400',
          '"exp":1.9e9',
          '"exp":-1',
          '"exp":1900000000.0',
          '"exp":19000000e2',
          '"EXP":1900000000',
        ]),
      ),
  ];
  return draw.pick(ways)();
}

function nest(depth) {
  let value = 0;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

/** base64url written in a way that it must not be, or cut. */
function spoilSegment(draw, segment) {
  const at = draw.below(segment.length + 1);
  const insert = (extra) => segment.slice(0, at) + extra + segment.slice(at);
  const ways = [
    () => `${segment}=`,
    () => `${segment}${"=".repeat((4 - (segment.length % 4)) % 4)}`,
    () => insert(" "),
    () => insert("\n"),
    () => insert(draw.pick(["\0", "\t", "*", "\u00e9", "\u212a"])),
    () => segment.replaceAll("-", "+").replaceAll("_", "/"),
    () => segment.slice(0, -1) + neighbour(segment.at(-1) ?? "A"),
    () => segment.slice(0, -1),
    () => `${segment}A`,
    () => "",
  ];
  return draw.pick(ways)();
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The next character of the alphabet: at the end of a segment it often differs in bits that base64url does not use. */
const neighbour = (character) => alphabet[(alphabet.indexOf(character) ^ 1) & 63];

function spoilAfter(draw, segments, keys) {
  const index = draw.below(segments.length);
  const segment = segments[index];
  const at = draw.below(Math.max(1, segment.length));
  const replaceSegment = (value, which = index) => segments.map((old, position) => (position === which ? value : old));
  const last = Math.min(2, segments.length - 1);
  const signature = Buffer.from(segments[last] ?? "", "base64url");
  const ways = [
    () => replaceSegment(segment.slice(0, at) + draw.pick([...alphabet]) + segment.slice(at + 1)),
    () => replaceSegment(spoilSegment(draw, segment)),
    () => replaceSegment(spoilSegment(draw, segments[last] ?? ""), last),
    () => replaceSegment((segments[last] ?? "").slice(0, -1) + neighbour((segments[last] ?? "").at(-1) ?? "A"), last),
    () => replaceSegment(encode(signature.subarray(1)), last),
    () => replaceSegment(encode(Buffer.concat([Buffer.alloc(1), signature])), last),
    () => replaceSegment(encode(Buffer.alloc(signature.length)), last),
    () => replaceSegment(encode(keys.ES256.sign("another text")), last),
    () => replaceSegment(encode(Buffer.concat([Buffer.from([0x30, 0x44]), signature])), last),
    () => [...segments, draw.pick(["", "AA", segment])],
    () => segments.slice(0, -1),
    () => ["", ...segments],
    () => [segments[1] ?? "", segments[0], ...segments.slice(2)],
  ];
  return draw.pick(ways)();
}
