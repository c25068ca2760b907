// Assertions that need nothing of a host.

export function equal(actual, expected, what = "value") {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what} is ${left}, not ${right}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what);
}

/** What a call comes to: "ok", an error code, "config" for a mistake in an option, or "bug: …" for anything else. */
export async function outcome(countersign, call) {
  try {
    const value = await call();
    return { verdict: "ok", value };
  } catch (error) {
    return { verdict: verdictOf(countersign, error), error };
  }
}

// How the engines of today word a mistake of the program's own, as against the package's deliberate TypeErrors.
const accident =
  /cannot (read|convert|destructure|access|set|assign|mix)|can't access|is(n't| not) (a function|iterable|defined|a constructor|an object)|(undefined|null) is not|is (undefined|null)\b|reading '|evaluating '|already initialized|out of bounds|proxy/i;

function verdictOf({ CountersignError }, error) {
  if (error instanceof CountersignError) {
    if (error.name !== "CountersignError") return `bug: its name is ${error.name}`;
    if (!/^[a-z]+(_[a-z]+)+$/.test(error.code)) return `bug: its code is ${String(error.code)}`;
    if (![400, 401, 500, 502, 503].includes(error.status)) return `bug: its status is ${String(error.status)}`;
    return error.code;
  }
  if (error instanceof TypeError && !accident.test(error.message)) return "config";
  return `bug: ${error?.name ?? typeof error}: ${error?.message ?? String(error)}`;
}

export function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toBase64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
