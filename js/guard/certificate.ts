import { internalError } from "../errors.js";
import { askApplication } from "./failures.js";
import { isBytes } from "../options/bytes.js";
import { toBase64url } from "../options/base64url.js";
import type { ClientCertificate, GuardRequest } from "./types.js";

/** What Cloudflare says of the client certificate of a request (`request.cf.tlsClientAuth`). */
interface TlsClientAuth {
  readonly certPresented?: unknown;
  readonly certVerified?: unknown;
  readonly certRevoked?: unknown;
  readonly certFingerprintSHA256?: unknown;
}

/** Answers the client certificate of a request. */
export type CertificateSource = (request: GuardRequest) => unknown;

const HEXADECIMAL = /^[0-9a-f]{64}$/i;
const BASE64URL = /^[\w-]{43}$/;

/** The client certificate of a request to a Worker, if Cloudflare has verified it. */
export function cloudflareCertificate(request: GuardRequest): ClientCertificate | undefined {
  const { cf } = request as { readonly cf?: { readonly tlsClientAuth?: TlsClientAuth } };
  const { certPresented, certVerified, certRevoked, certFingerprintSHA256 } = cf?.tlsClientAuth ?? {};
  const isGood = certPresented === "1" && certVerified === "SUCCESS" && certRevoked === "0";
  return isGood && typeof certFingerprintSHA256 === "string" ? certFingerprintSHA256 : undefined;
}

/** The thumbprint of the client certificate of a request, for a token that is bound to one. */
export async function certificateFor(
  claims: object,
  clientCertificate: CertificateSource | undefined,
  request: GuardRequest,
): Promise<string | undefined> {
  const { cnf } = claims as { readonly cnf?: unknown };
  if (clientCertificate === undefined || typeof cnf !== "object" || cnf === null) return undefined;
  if (!Object.hasOwn(cnf, "x5t#S256")) return undefined;
  return thumbprintOf(await askApplication("clientCertificate", () => clientCertificate(request)));
}

/** The SHA-256 thumbprint of a certificate as tokens have it (RFC 8705 §3.1): base64url. */
async function thumbprintOf(certificate: unknown): Promise<string | undefined> {
  if (certificate === undefined) return undefined;
  if (isBytes(certificate)) {
    return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(certificate))));
  }
  if (typeof certificate === "string") {
    const digits = certificate.replaceAll(":", "");
    if (HEXADECIMAL.test(digits)) {
      return toBase64url(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
    }
    if (BASE64URL.test(certificate)) return certificate;
  }
  throw internalError("`clientCertificate` must answer the certificate in DER, its SHA-256 thumbprint, or undefined");
}
