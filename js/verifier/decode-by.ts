import type { Core } from "../core/core.js";
import type { TokensGlue } from "../core/glue.js";
import { tokenMalformed, tokenTooLarge } from "../errors.js";
import { DEFAULT_TOKEN_LIMIT } from "../tables.js";
import type { UnverifiedToken } from "../token.js";

/** Decodes a token in a core, without verifying it. */
export function decodeBy(core: Core<TokensGlue>, jwt: string): UnverifiedToken {
  if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
  if (jwt.length > DEFAULT_TOKEN_LIMIT) throw tokenTooLarge(DEFAULT_TOKEN_LIMIT);
  return core.run((glue) => {
    glue.decodeUnverified(core.memory.write(jwt));
    return core.memory.token();
  });
}
