import { createVerifier } from "countersign/slim";

/** The first verdict of a fresh instance. */
export async function first({ issuer, audience, jwks, tokens: [token] }) {
  const verifier = createVerifier({ issuer, audience, jwks });
  return (await verifier.verify(token)).claims.sub;
}
