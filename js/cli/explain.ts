import { REMEDIES } from "../checks/index.js";
import { CountersignError, type ErrorCode } from "../index.js";
import { plain, shown, WIDTH, wrapped } from "./shown.js";
import type { Style } from "./terminal.js";

/** An error as data, for JSON and for people. */
export interface Explained {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly claim?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly cause: string;
  readonly remedy: string;
  /** What the system said, e.g. `ECONNREFUSED`. */
  readonly system?: string;
}

/** `undefined`: it is no error of this package. */
export function explained(thrown: unknown): Explained | undefined {
  if (!(thrown instanceof CountersignError)) return undefined;
  const { code, status, message, claim, expected, actual } = thrown;
  const system = systemCode(thrown.cause);
  return {
    code,
    status,
    message,
    ...(claim !== undefined && { claim }),
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...REMEDIES[code],
    ...(system !== undefined && { system }),
  };
}

/** The innermost code of the system's: `fetch` wraps it. */
function systemCode(cause: unknown): string | undefined {
  let code: string | undefined;
  let error = cause;
  for (let depth = 0; depth < 5 && typeof error === "object" && error !== null; depth += 1) {
    const { code: own, name, cause: inner } = error as { code?: unknown; name?: unknown; cause?: unknown };
    if (typeof own === "string") code = own;
    else if (name === "TimeoutError" || name === "AbortError") code ??= name;
    error = inner;
  }
  return code;
}

/** The lines below a refusal: what was compared, why it came, what to do. */
export function explanation(error: Explained, style: Style, indent: string): string[] {
  const facts = (["claim", "expected", "actual", "system"] as const).flatMap((name) => {
    const value = error[name];
    return value === undefined ? [] : [`${style.dim(name.padEnd(9))} ${shown(value)}`];
  });
  const prose = (name: string, markdown: string) => {
    const [first = "", ...more] = wrapped(plain(markdown), WIDTH - indent.length - 10).split("\n");
    return [`${style.dim(name.padEnd(9))} ${first}`, ...more.map((line) => " ".repeat(10) + line)];
  };
  return [...facts, ...prose("cause", error.cause), ...prose("remedy", error.remedy)].map((line) => indent + line);
}
