import { CountersignError } from "../errors.js";
import { asError, askApplication } from "./failures.js";
import { readNeed, type ReadNeed } from "./options.js";
import type { Auth, GuardRequest } from "./types.js";

/** What a request came to. */
export type Judgement =
  | { readonly auth: Auth | undefined; readonly error?: never }
  /** `more` is what a challenge asks for beside the need, in the core's JSON. */
  | { readonly error: CountersignError; readonly more?: string };

type Hooks = ReadNeed["authorize"];

/** Asks each `authorize`, if there is any. Neither throws nor rejects. */
export const askHooks = (hooks: Hooks, auth: Auth, request: GuardRequest): Judgement | Promise<Judgement> =>
  hooks.length === 0 ? { auth } : askEach(hooks, auth, request);

async function askEach(hooks: Hooks, auth: Auth, request: GuardRequest): Promise<Judgement> {
  try {
    for (const authorize of hooks) {
      const answer: unknown = await askApplication("authorize", () => authorize(auth as never, request));
      if (answer !== true) return refused(answer);
    }
    return { auth };
  } catch (thrown) {
    return { error: asError(thrown) };
  }
}

function refused(answer: unknown): Judgement {
  if (typeof answer !== "object" || answer === null) {
    return { error: new CountersignError("insufficient_permission", 403, "`authorize` did not return true") };
  }
  const more = readNeed("the answer of authorize", answer).json;
  const isSignIn = Object.hasOwn(answer, "acr") || Object.hasOwn(answer, "maxAge");
  const code = isSignIn ? "insufficient_authentication" : "insufficient_scope";
  const status = code === "insufficient_scope" ? 403 : 401;
  return { error: new CountersignError(code, status, "`authorize` asks for a token with more"), more };
}
