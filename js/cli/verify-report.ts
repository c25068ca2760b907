import type { JudgedCheck } from "../checks/index.js";
import type { KeyReport } from "../verifier/types.js";
import { explanation, type Explained } from "./explain.js";
import type { WatchedRequest } from "./requests.js";
import { dateOf, shown, shownJson } from "./shown.js";
import type { Terminal } from "./terminal.js";

/** What became of a token. */
export interface Outcome {
  readonly error: Explained | undefined;
  readonly checks: readonly JudgedCheck[];
  readonly keys: KeyReport;
  readonly requests: readonly WatchedRequest[];
}

/** Header and claims as they are written, whether or not they are sound. */
export function contentsOf(token: string): { header?: Record<string, unknown>; claims?: Record<string, unknown> } {
  const [header, claims] = token
    .split(".")
    .slice(0, 2)
    .map((segment) => {
      try {
        const binary = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
        const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
        const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
        return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
      } catch {
        return undefined;
      }
    });
  return { ...(header && { header }), ...(claims && { claims }) };
}

const isSigned = (outcome: Outcome): boolean =>
  outcome.checks.some(({ id, state }) => id === "signature" && state === "passed");

export function documentOf(outcome: Outcome, token: string): object {
  const { error, checks, keys, requests } = outcome;
  return {
    verdict: error === undefined ? "accepted" : error.status === 401 ? "refused" : "not judged",
    ...(error !== undefined && { error }),
    checks: checks.map(({ id, name, what, state }) => ({ id, name, what, state })),
    signed: isSigned(outcome),
    ...contentsOf(token),
    ...keys,
    requests,
  };
}

const SIGNS = { passed: "✓", failed: "✕", "not reached": "·" } as const;

export function report(outcome: Outcome, token: string, terminal: Terminal): void {
  const { style } = terminal;
  const { error, checks, keys, requests } = outcome;
  const { header, claims } = contentsOf(token);
  const paint = { passed: style.good, failed: style.bad, "not reached": style.dim };
  for (const { id, name, what, state } of checks) {
    const fact = state === "passed" ? factOf(id, header, claims) : undefined;
    const line = `${SIGNS[state]} ${name.padEnd(14)} ${state === "not reached" ? state : what}`;
    terminal.print(paint[state](line) + (fact === undefined ? "" : style.dim(`: ${shown(fact)}`)));
    if (state === "failed" && error !== undefined) terminal.print(...explanation(error, style, "    "));
  }
  if (error !== undefined && !checks.some(({ state }) => state === "failed")) {
    terminal.print(...explanation(error, style, ""));
  }
  terminal.print();
  for (const [title, value] of [
    ["Header", header],
    ["Claims", claims],
  ] as const) {
    terminal.print(style.bold(title));
    terminal.print(value === undefined ? "not readable" : shownJson(value));
  }
  for (const name of ["iat", "nbf", "exp", "auth_time"]) {
    const value = claims?.[name];
    if (typeof value === "number") terminal.print(`${name.padEnd(9)} ${dateOf(value)}`);
  }
  const trust = isSigned(outcome)
    ? "Signed by the issuer."
    : "Anybody can have written this: no signature was verified.";
  terminal.print(style.dim(trust));
  for (const key of keys.skipped) {
    terminal.print(style.warn(`! key ${shown(key.kid ?? "without kid")}: ${key.code}: ${shown(key.reason)}`));
  }
  for (const { url, status } of requests) terminal.print(style.dim(`GET ${shown(url)} ${status}`));
  terminal.print();
  terminal.print(verdictOf(error, terminal));
}

function verdictOf(error: Explained | undefined, { style }: Terminal): string {
  if (error === undefined) return style.good(style.bold("Accepted"));
  const verdict = error.status === 401 ? style.bad(style.bold("Refused")) : style.warn(style.bold("Not judged"));
  return `${verdict}: ${error.code}: ${shown(error.message)}`;
}

/** What was found, of a check that has passed. */
function factOf(
  id: string,
  header: Record<string, unknown> | undefined,
  claims: Record<string, unknown> | undefined,
): string | undefined {
  const facts: Record<string, unknown> = {
    algorithm: header?.["alg"],
    key: header?.["kid"],
    kind: header?.["typ"],
    issuer: claims?.["iss"],
    audience: [claims?.["aud"]]
      .flat()
      .filter((one) => typeof one === "string")
      .join(", "),
    times: typeof claims?.["exp"] === "number" ? `until ${dateOf(claims["exp"])}` : undefined,
  };
  const fact = facts[id];
  return typeof fact === "string" && fact !== "" ? fact : undefined;
}
