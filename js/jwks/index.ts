import { core } from "../runtime.js";
import { discoverBy } from "./discovery.js";
import type { DiscoveryOptions, ServerMetadata } from "./metadata.js";

/**
 * Fetches and checks the metadata of an authorization server (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
 *
 * @param issuer As the server calls itself: its metadata must say exactly the same.
 * @param options Where the metadata is, if not at the issuer, and how to fetch it.
 * @returns A promise that rejects with a CountersignError `discovery_issuer_mismatch`, `discovery_invalid` (also where
 *   there is no metadata), `response_too_large` or `jwks_unavailable`.
 *
 * @example
 * ```ts
 * const server = await discover("https://tenant.example/");
 * ```
 */
export async function discover(issuer: string, options?: DiscoveryOptions): Promise<ServerMetadata> {
  return discoverBy(core, issuer, options);
}
