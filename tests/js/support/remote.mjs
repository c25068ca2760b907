// A verifier of keys on a server, which a test makes answer as it likes.

import { after } from "node:test";
import { countersign } from "./package.mjs";
import { json, serve } from "./server.mjs";
import { audience, issuer, makeKey, time } from "./tokens.mjs";

export const key = makeKey("ES256", "old");
export const next = makeKey("ES256", "new");
export const keySet = { keys: [key.jwk] };
export const server = await serve(json(keySet));
after(() => server.close());

/** A verifier on the server, with a clock that can be moved, and a server that has seen nothing yet. */
export function setUp(handle = json(keySet), options = {}, create = countersign.createVerifier) {
  server.handle = handle;
  server.requests = [];
  const clock = { seconds: time };
  const jwksUri = options.issuer === undefined ? `${server.origin}/jwks` : undefined;
  const verifier = create({
    issuer,
    audience,
    now: () => clock.seconds * 1000,
    ...(jwksUri && { jwksUri }),
    ...options,
  });
  return { clock, verifier };
}
export const sign = (by, clock, header) => by.sign({ exp: clock.seconds + 60, iat: clock.seconds }, header);
