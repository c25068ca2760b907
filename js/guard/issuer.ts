/** The trust domain of a SPIFFE ID. */
const TRUST_DOMAIN = /^spiffe:\/\/[^/]+(?=\/)/;

/** `iss`, or the trust domain that `sub` is in where there is none. As `Claims::issuer` of the core. */
export function issuerOf({ iss, sub }: { readonly iss?: unknown; readonly sub?: unknown }): string | undefined {
  if (iss !== undefined || typeof sub !== "string") return typeof iss === "string" ? iss : undefined;
  return TRUST_DOMAIN.exec(sub)?.[0];
}
