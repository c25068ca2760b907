// Of `countersign/checks`: errors as they are thrown, and as data.

import { CountersignError, createVerifier, type Binding, type ErrorCode } from "countersign";
import { CHECKS, checkOf, judge, REMEDIES, type CheckId, type JudgedCheck, type Remedy } from "countersign/checks";

const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
const binding: Binding = { claim: "client_id", values: ["me"] };

export async function explain(jwt: string): Promise<readonly JudgedCheck[]> {
  try {
    await verifier.verify(jwt);
    return judge(undefined);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const remedy: Remedy = REMEDIES[error.code];
    const id: CheckId | undefined = checkOf(error, binding);
    console.log(remedy.cause, id);
    return judge(error, binding);
  }
}

const codes: readonly ErrorCode[] = CHECKS.flatMap((check) => check.codes);
judge({ code: "token_expired", status: 401 });
// @ts-expect-error No such code.
judge({ code: "token_old", status: 401 });
// @ts-expect-error The checks are nobody's to change.
CHECKS[0] = CHECKS[1];

export { codes };
