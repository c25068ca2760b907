import type { IdTokenClaims } from "../client/client-types.js";
import type { CountersignError } from "../errors.js";
import { claimsRefused } from "./errors.js";
import type { StandardSchema } from "./types.js";

/** The claims as the application's type, or why they are not of it. */
export async function userOf<User>(
  claims: IdTokenClaims,
  schema: StandardSchema<User> | undefined,
): Promise<{ user: User } | { error: CountersignError }> {
  if (schema === undefined) return { user: Object.freeze({ ...claims }) as User };
  const result = await schema["~standard"].validate(claims);
  return result.issues === undefined ? { user: result.value } : { error: claimsRefused(result.issues) };
}
