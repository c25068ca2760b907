import type { Core } from "../core/core.js";
import { keyInvalid, tokenMalformed, tokenTooLarge } from "../errors.js";
import { guarded } from "../options/readers.js";
import { isWellFormed } from "../options/text.js";
import type { UnverifiedToken } from "../token.js";

/** The core's default limits, checked before anything is copied. */
const MAX_TOKEN = 16_384;
const MAX_KEY = 65_536;

export function decodeUnverified(core: Core, jwt: unknown): UnverifiedToken {
  if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
  if (jwt.length > MAX_TOKEN) throw tokenTooLarge(MAX_TOKEN);
  return core.run((glue) => {
    glue.decodeUnverified(core.memory.write(jwt));
    return core.memory.token();
  });
}

export function thumbprint(core: Core, jwk: unknown): string {
  const label = "thumbprint: the key";
  const text = typeof jwk === "object" && jwk !== null ? guarded(label, () => JSON.stringify(jwk)) : jwk;
  if (typeof text !== "string") throw new TypeError(`${label} must be a JWK, as an object or as JSON text`);
  if (text.length > MAX_KEY) throw keyInvalid("the key is too large");
  if (!isWellFormed(text)) throw keyInvalid("the key is not well-formed Unicode");
  return core.run((glue) => glue.thumbprint(text));
}
