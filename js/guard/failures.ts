import { CountersignError, internalError } from "../errors.js";

/** Runs code of the application's. Whatever it throws, a refusal of another token's included, says nothing of this request. */
export async function askApplication(name: string, call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (cause) {
    throw internalError(`\`${name}\` failed: see \`cause\``, cause);
  }
}

/** What was thrown, as what the core knows answers to. */
export function asError(thrown: unknown): CountersignError {
  try {
    if (thrown instanceof CountersignError) return thrown;
  } catch {
    // A proxy that answers nothing.
  }
  return internalError("the guard failed: see `cause`", thrown);
}
