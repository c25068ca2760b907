import { createVerifier, init } from "countersign/slim";

/** The first verdict of a fresh instance. `source` is countersign-slim.wasm, in the form that the host has it. */
export async function first({ issuer, audience, jwks, tokens: [token] }, source) {
  await init(source);
  const verifier = createVerifier({ issuer, audience, jwks });
  return (await verifier.verify(token)).claims.sub;
}
