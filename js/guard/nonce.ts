/** The fields of a response that a nonce is added to, where they can be changed. */
interface MutableFields {
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** The header field with a nonce (RFC 9449 §8.1), and the one by which pages of other origins may read it. */
export const NONCE_FIELD = "DPoP-Nonce";
export const EXPOSE_FIELD = "Access-Control-Expose-Headers";

/** Sends the client's next nonce along. A response is never made anew for it: that would break upgrades and streams. */
export function addNonce(response: unknown, nonce: string | undefined): void {
  if (nonce === undefined || typeof response !== "object" || response === null) return;
  const { headers } = response as { readonly headers?: Partial<MutableFields> };
  try {
    headers?.set?.(NONCE_FIELD, nonce);
    headers?.append?.(EXPOSE_FIELD, NONCE_FIELD);
  } catch {
    // The fields of a response of `fetch` cannot be changed. The client is told when its nonce does not do any more.
  }
}
