import { authorizationResponseInvalid } from "../errors.js";
import { guarded } from "../options/readers.js";
import { isWellFormed } from "../options/text.js";

/** The longest authorization response that is handed to the core, in characters. */
const MAX_AUTHORIZATION_RESPONSE = 65_536;
/** The most parameters that an authorization response is searched for. It has six at most. */
const MAX_PARAMETERS = 1000;

/**
 * What came, as one text: strings as they are, and parameters that were taken apart in a form again. Those begin with `?`,
 * so that no name in them is taken for the scheme of a URL.
 */
export function authorizationResponse(given: unknown, where: string): string {
  if (typeof given === "string") return wellFormed(given);
  const pairs = guarded(where, () => copyPairs(given));
  if (pairs === undefined) {
    throw new TypeError(
      `${where} must be the URL, or its query or the form that was posted: a string, URLSearchParams or FormData`,
    );
  }
  let length = 0;
  for (const [name, value] of pairs) {
    if (typeof value !== "string") throw malformed(); // A file.
    length += name.length + value.length;
  }
  if (pairs.length > MAX_PARAMETERS || length > MAX_AUTHORIZATION_RESPONSE) throw malformed();
  const form = pairs.map((pair) => pair.map((part) => encodeURIComponent(wellFormed(part as string))).join("="));
  return `?${form.join("&")}`;
}

function wellFormed(response: string): string {
  if (response.length > MAX_AUTHORIZATION_RESPONSE || !isWellFormed(response)) throw malformed();
  return response;
}

const malformed = (): Error =>
  authorizationResponseInvalid("the authorization response is too long, malformed, or has a file in it");

/** Names and values, as `URLSearchParams` and `FormData` give them, of any realm. */
function copyPairs(given: unknown): [name: string, value: unknown][] | undefined {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) return undefined;
  const copy: [string, unknown][] = [];
  for (const pair of given as Iterable<unknown>) {
    if (!Array.isArray(pair)) return undefined;
    const [name, value] = pair as unknown[];
    if (typeof name !== "string") return undefined;
    copy.push([name, value]);
    if (copy.length > MAX_PARAMETERS) break;
  }
  return copy;
}
