import { createVerifier, CountersignError, type Verifier } from "countersign";
import { createVerifier as createSlimVerifier } from "countersign/slim";

const verifier: Verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
const slim: Verifier = createSlimVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });

export async function subject(jwt: string): Promise<string | undefined> {
  const { claims } = await verifier.verify(jwt);
  await slim.verify(jwt);
  return claims.sub;
}

// @ts-expect-error The codes are known.
export const isNonsense = (error: CountersignError): boolean => error.code === "nonsense";

export const isExpired = (error: unknown): boolean =>
  error instanceof CountersignError && error.code === "token_expired";
