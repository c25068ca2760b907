// The session cookie of Starlette's SessionMiddleware, read by WebCrypto. It is signed and not encrypted: base64 of JSON, a time
// and HMAC-SHA-1, as itsdangerous' TimestampSigner writes them.

const SALT = "itsdangerous.Signer";
const bytes = (text) => new TextEncoder().encode(text);

/**
 * Reads sessions that an application signs with `secretKey`. The other options are those of the middleware: the cookie's name, and
 * the seconds after which a session is over (`max_age`).
 */
export function starletteSessions({
  secretKey,
  cookie = "session",
  maxAge = 14 * 24 * 3600,
  now = () => Date.now() / 1000,
}) {
  let key;

  async function signingKey() {
    const derived = await crypto.subtle.digest("SHA-1", bytes(`${SALT}signer${secretKey}`));
    return crypto.subtle.importKey("raw", derived, { name: "HMAC", hash: "SHA-1" }, false, ["verify"]);
  }

  /** The session, an object. `undefined`: there is none, it is over, or somebody else has written it. */
  async function read(request) {
    const values = cookiesNamed(cookie, request.headers.get("cookie") ?? "");
    // One that is there twice may have been planted by a neighbouring host.
    if (values.length !== 1) return undefined;
    const [whole, signed, payload, time, signature] =
      /^(([A-Za-z0-9+/]+={0,2})\.([\w-]{1,11}))\.([\w-]{26}[AEIMQUYcgkosw048])$/.exec(values[0]) ?? [];
    if (whole === undefined) return undefined;
    key ??= await signingKey();
    if (!(await crypto.subtle.verify("HMAC", key, fromBase64url(signature), bytes(signed)))) return undefined;
    const age = Math.floor(now()) - seconds(time);
    if (age < 0 || age > maxAge) return undefined;
    return object(payload);
  }

  return { read };
}

function cookiesNamed(name, header) {
  const pairs = header.split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const fromBase64url = (text) => fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
const seconds = (time) => fromBase64url(time).reduce((sum, byte) => sum * 256 + byte, 0);

/** Of what is signed: an object, or nothing. Python writes NaN, which is no JSON. */
function object(payload) {
  try {
    const session = JSON.parse(new TextDecoder().decode(fromBase64(payload)));
    return typeof session === "object" && session !== null && !Array.isArray(session) ? session : undefined;
  } catch {
    return undefined;
  }
}
