import { CountersignError } from "../errors.js";
import { ownProperty } from "../options/own.js";
import type { Claims } from "../token.js";

/** What an answer is compared with. */
export interface Expected {
  readonly issuer: string;
  /** Where the answer has `aud`, one of these is in it. */
  readonly audience: readonly string[];
  /** Seconds. */
  readonly clockTolerance: number;
}

type Answer = Readonly<Record<string, unknown>>;

const TEXTS = ["iss", "sub", "scope", "client_id", "username", "token_type", "token_use", "typ", "jti"];
const NUMBERS = ["exp", "iat", "nbf"];

/** `token_type`, `token_use` and Keycloak's `typ` of what is no access token. */
const OTHER_KINDS = /^(refresh|offline|id)([ _-]?token)?$/i;

/**
 * The claims of an answer to an introspection request (RFC 7662 §2.2), if the token is active, and for us.
 *
 * @param now Seconds.
 */
export function checkAnswer(answer: unknown, expected: Expected, now: number): Claims {
  if (!isAnswer(answer)) {
    throw new CountersignError("introspection_invalid", 502, "the answer of the introspection endpoint is none");
  }
  const { exp, nbf, iss, aud } = answer;
  if (answer["active"] === false) {
    throw refusal("token_expired", "the token is not active: it has expired, was revoked, or is another server's");
  }
  if (["token_type", "token_use", "typ"].some((name) => OTHER_KINDS.test(String(answer[name])))) {
    throw refusal("typ_mismatch", "the token is no access token");
  }
  if (iss !== undefined && iss !== expected.issuer) {
    throw refusal("issuer_mismatch", "the token comes from another issuer");
  }
  const audiences = aud === undefined ? undefined : ([aud].flat() as string[]);
  if (audiences !== undefined && !audiences.some((one) => expected.audience.includes(one))) {
    throw refusal("audience_mismatch", "the token is meant for another audience");
  }
  if (exp === undefined)
    throw refusal("claim_missing", "the answer has no `exp`: a token that never expires is refused");
  if (now >= Number(exp) + expected.clockTolerance) throw refusal("token_expired", "the token has expired");
  if (nbf !== undefined && now < Number(nbf) - expected.clockTolerance) {
    throw refusal("token_not_yet_valid", "the token is not valid yet");
  }
  if (/^dpop$/i.test(String(answer["token_type"])) && !isObjectWith(answer["cnf"], "jkt")) {
    throw refusal("token_binding_required", "the token is bound to a key, and the answer does not say to which");
  }
  // The server that was asked is the one that it comes from.
  return { ...answer, iss: expected.issuer, exp: Number(exp) };
}

/** Whether an answer has the form of one. */
function isAnswer(answer: unknown): answer is Answer {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return false;
  const own = answer as Answer;
  const isText = (name: string): boolean => own[name] === undefined || typeof own[name] === "string";
  const isTime = (name: string): boolean =>
    own[name] === undefined || (Number.isFinite(own[name]) && Number(own[name]) >= 0);
  const { aud } = own;
  const isAudience = aud === undefined || [aud].flat().every((one) => typeof one === "string");
  return typeof own["active"] === "boolean" && TEXTS.every(isText) && NUMBERS.every(isTime) && isAudience;
}

const isObjectWith = (value: unknown, name: string): boolean =>
  typeof value === "object" && value !== null && ownProperty(value as Answer, name) !== undefined;

const refusal = (code: CountersignError["code"], message: string): CountersignError =>
  new CountersignError(code, 401, message);
