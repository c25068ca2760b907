import { internalError } from "../errors.js";
import { discoverBy } from "../jwks/discovery.js";
import type { DiscoveryOptions, ServerMetadata } from "../jwks/metadata.js";
import { ownProperty } from "../options/own.js";
import { isIn, type Period } from "./period.js";
import { core } from "./runtime.js";

/** Seconds for which the metadata counts. */
const METADATA_LIFETIME = 3600;
/** Seconds until it is asked for again where it could not be had. */
const RETRY_AFTER = 5;

/** Where an endpoint is: as was said, or as the issuer's metadata says. */
export interface EndpointOptions extends DiscoveryOptions {
  readonly issuer: string;
  readonly endpoint: string | undefined;
}

/** An endpoint of an issuer, which secrets are sent to. */
export class Endpoint {
  readonly #member: keyof ServerMetadata & string;
  readonly #issuer: string;
  readonly #given: string | undefined;
  readonly #options: DiscoveryOptions;
  #found: (Period & { readonly url: string }) | undefined;
  #failed: (Period & { readonly error: unknown }) | undefined;

  /** @param member That of the metadata. */
  constructor(member: string, { issuer, endpoint, fetch, metadataUri, allowInsecureHosts }: EndpointOptions) {
    this.#member = member;
    this.#issuer = issuer;
    this.#given = endpoint;
    this.#options = {
      ...(fetch && { fetch }),
      ...(metadataUri !== undefined && { metadataUri }),
      ...(allowInsecureHosts && { allowInsecureHosts }),
    };
  }

  /** @param now Seconds. */
  async url(now: number): Promise<string> {
    if (this.#given !== undefined) return this.#given;
    if (this.#found !== undefined && isIn(now, this.#found)) return this.#found.url;
    if (this.#failed !== undefined && isIn(now, this.#failed)) throw this.#failed.error;
    try {
      const url = await this.#discover();
      this.#found = { url, at: now, until: now + METADATA_LIFETIME };
      return url;
    } catch (error) {
      this.#failed = { error, at: now, until: now + RETRY_AFTER };
      throw error;
    }
  }

  async #discover(): Promise<string> {
    const found = ownProperty(await discoverBy(core, this.#issuer, this.#options), this.#member);
    if (typeof found === "string" && isSafe(found, this.#options.allowInsecureHosts)) return found;
    throw internalError(
      `the issuer's metadata has no \`${this.#member}\` with https: name it in the option \`endpoint\``,
    );
  }
}

/** Whether secrets may be sent to a URL: over https, to this machine, or to hosts that were allowed by name. */
export function isSafe(url: string, insecureHosts: readonly string[] = []): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, host, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
  const isAllowed = isLoopback || insecureHosts.includes(hostname) || insecureHosts.includes(host);
  return protocol === "https:" || (protocol === "http:" && isAllowed);
}
