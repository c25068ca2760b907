import type { Core } from "../core/core.js";
import type { TokensGlue } from "../core/glue.js";
import { tokenMalformed, tokenTooLarge } from "../errors.js";
import { DEFAULT_TOKEN_LIMIT, MAX_LIMITS } from "../tables.js";
import type { UnverifiedToken } from "../token.js";

/** Decodes a token in a core, without verifying it. */
export function decodeBy(core: Core<TokensGlue>, jwt: string): UnverifiedToken {
  if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
  if (jwt.length > DEFAULT_TOKEN_LIMIT) throw tokenTooLarge(DEFAULT_TOKEN_LIMIT);
  return decode(core, jwt, false);
}

/** The same to choose a verifier by: of any size and form that some verifier takes. Whether this one does, it says itself. */
export function decodeForAny(core: Core<TokensGlue>, jwt: string): UnverifiedToken {
  if (jwt.length > MAX_LIMITS.token) throw tokenTooLarge(MAX_LIMITS.token);
  return decode(core, jwt, true);
}

const decode = (core: Core<TokensGlue>, jwt: string, forAny: boolean): UnverifiedToken =>
  core.run((glue) => {
    glue.decodeUnverified(core.memory.write(jwt), forAny);
    return core.memory.token();
  });
