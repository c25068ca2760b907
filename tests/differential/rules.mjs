// The rules that explain why we refuse what jose takes. Each looks at the token by itself, with code of its own, and names
// the codes that it stands for: a refusal that no rule explains is a failure of the test.

import { audience, now } from "./generate.mjs";

const base64url = /^[A-Za-z0-9_-]+$/;
const tolerance = 30;

/** What a lenient reader makes of a token. */
export function read(token) {
  const segments = token.split(".");
  const [header, payload] = segments.slice(0, 2).map((segment) => {
    const bytes = Buffer.from(segment, "base64url");
    const text = bytes.toString("utf8").replace(/^\ufeff/, "");
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      // Not JSON: no rule but those of the encoding applies.
    }
    return { bytes, text, value };
  });
  return { token, segments, header, payload };
}

export const rules = [
  {
    // OpenSSL takes a PSS signature that lacks its leading zero, and about one in 256 has one.
    id: "RSA signatures as long as the modulus (RFC 8017, 8.1.2 step 1)",
    codes: ["signature_invalid"],
    rare: true,
    applies: ({ header, segments }) =>
      /^[RP]S/.test(header.value?.alg) && Buffer.from(segments[2] ?? "", "base64url").length !== 256,
  },
  {
    id: "B1 canonical base64url, and nothing else in the token",
    codes: ["token_malformed"],
    applies: ({ segments }) =>
      segments.some(
        (segment) => !base64url.test(segment) || Buffer.from(segment, "base64url").toString("base64url") !== segment,
      ),
  },
  {
    id: "B4 no member name twice",
    codes: ["header_invalid", "claim_invalid"],
    applies: ({ header, payload }) => [header, payload].some(hasDuplicates),
  },
  {
    id: "B5 strict JSON: no byte order mark, UTF-8 only, no lone surrogate",
    codes: ["header_invalid", "claim_invalid"],
    applies: ({ header, payload }) =>
      [header, payload].some(
        (part) =>
          part.bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ||
          !isUtf8(part.bytes) ||
          someString(part.value, (text) => !text.isWellFormed()),
      ),
  },
  {
    id: "B5 numbers that every reader takes for the same",
    codes: ["header_invalid", "claim_invalid"],
    applies: ({ header, payload }) =>
      [header, payload].some(({ value }) =>
        someNumber(
          value,
          (number) => !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)),
        ),
      ),
  },
  {
    id: "B6 bounded nesting",
    codes: ["header_invalid", "claim_invalid"],
    applies: ({ header, payload }) => depth(header.value) > 8 || depth(payload.value) > 32,
  },
  {
    id: "B7 bounded size",
    codes: ["token_too_large", "header_invalid"],
    applies: ({ token, header }) => token.length > 16_384 || header.bytes.length > 4_096,
  },
  {
    id: "A10 a signed JWT only: no zip, no enc, no token within a token",
    codes: ["token_type_unsupported", "header_invalid"],
    applies: ({ header: { value } }) =>
      value !== undefined && ["zip", "enc", "cty", "p2c"].some((name) => Object.hasOwn(value, name)),
  },
  {
    id: "C2 no b64",
    codes: ["crit_unsupported", "header_invalid"],
    applies: ({ header: { value } }) => value !== undefined && Object.hasOwn(value, "b64"),
  },
  {
    id: "header parameters of the type that RFC 7515 gives them",
    codes: ["header_invalid", "typ_mismatch"],
    applies: ({ header: { value } }) =>
      ["typ", "cty", "jku", "x5u", "x5t"].some(
        (name) => Object.hasOwn(value ?? {}, name) && typeof value[name] !== "string",
      ) ||
      (Object.hasOwn(value ?? {}, "jwk") && !isObject(value.jwk)) ||
      (Object.hasOwn(value ?? {}, "x5c") &&
        !(Array.isArray(value.x5c) && value.x5c.every((item) => typeof item === "string"))),
  },
  {
    id: "C3 the type of an access token",
    codes: ["typ_mismatch"],
    applies: ({ header: { value } }) =>
      typeof value?.typ === "string" && !/^((application\/)?at\+jwt|(application\/)?jwt)$/i.test(value.typ),
  },
  {
    id: "C3 no mark of another kind of token",
    codes: ["typ_mismatch"],
    applies: ({ payload: { value } }) =>
      ["nonce", "at_hash", "c_hash", "s_hash", "events"].some((name) => Object.hasOwn(value ?? {}, name)),
  },
  {
    id: "E1 the claims that every token is judged by have the type that they are defined with",
    codes: ["claim_invalid"],
    applies: ({ payload: { value } }) =>
      ["iss", "sub"].some((name) => Object.hasOwn(value ?? {}, name) && typeof value[name] !== "string") ||
      ["exp", "nbf", "iat"].some((name) => Object.hasOwn(value ?? {}, name) && typeof value[name] !== "number"),
  },
  {
    id: "E3 times are numbers from 0 to 2^53",
    codes: ["claim_invalid"],
    applies: ({ payload: { value } }) =>
      ["exp", "nbf", "iat"].some(
        (name) =>
          typeof value?.[name] === "number" &&
          !(value[name] >= 0 && value[name] < 2 ** 53 && !Object.is(value[name], -0)),
      ),
  },
  {
    id: "E4 fractions of a second do not lengthen a token's life",
    codes: ["token_expired", "token_not_yet_valid"],
    applies: ({ payload: { value } }) =>
      [value?.exp, value?.nbf, value?.iat].some((time) => typeof time === "number" && !Number.isInteger(time)),
  },
  {
    id: "E5 not issued in the future",
    codes: ["token_not_yet_valid", "claim_invalid"],
    applies: ({ payload: { value } }) => typeof value?.iat === "number" && Math.ceil(value.iat) > now + tolerance,
  },
  {
    id: "E7 the audience as a string or a list of strings",
    codes: ["claim_invalid", "audience_mismatch"],
    applies: ({ payload: { value } }) =>
      value?.aud !== audience &&
      !(Array.isArray(value?.aud) && value.aud.length > 0 && value.aud.every((item) => typeof item === "string")),
  },
  {
    id: "E9 a subject that is there",
    codes: ["claim_missing", "claim_invalid"],
    applies: ({ payload: { value } }) => value?.sub === undefined || value.sub === "",
  },
];

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function isUtf8(bytes) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The text has more member names than what became of it has members. */
function hasDuplicates({ text, value }) {
  const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  return names.length > members(value);
}

function members(value) {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value).reduce((sum, item) => sum + members(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

function depth(value) {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}

function someNumber(value, predicate) {
  if (typeof value === "number") return predicate(value);
  return (
    typeof value === "object" && value !== null && Object.values(value).some((item) => someNumber(item, predicate))
  );
}

function someString(value, predicate) {
  if (typeof value === "string") return predicate(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, item]) => predicate(name) || someString(item, predicate));
}
