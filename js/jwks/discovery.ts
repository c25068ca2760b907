import { withoutPrototype } from "../options/own.js";
import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest } from "../core/glue-verifier.js";
import { download } from "./download.js";
import { internalError } from "../errors.js";
import type { Fetch } from "../fetch.js";
import type { DiscoveryOptions, ServerMetadata } from "./metadata.js";
import { callback, optional, readOptions, text, texts } from "../options/readers.js";

/** OpenID Connect's place for metadata, then OAuth's. Far fewer than this. */
const MAX_STEPS = 8;

/** Fetches and checks metadata as a core says. */
export async function discoverBy(core: Core, issuer: string, options: DiscoveryOptions = {}): Promise<ServerMetadata> {
  const name = text(issuer, "discover: the issuer");
  const { fetch, ...addresses } = readOptions("discover", options, {
    fetch: optional(callback<Fetch>("globalThis.fetch")),
    metadataUri: optional(text),
    allowInsecureHosts: optional(texts),
  });
  return metadataOf(core, name, fetch, addresses);
}

/** The same, with options that were read. */
export async function metadataOf(
  core: Core,
  issuer: string,
  fetch: Fetch | undefined,
  addresses: object = {},
): Promise<ServerMetadata> {
  if (!core.isReady) await core.load();
  const discovery = core.run((glue) => new glue.Discovery(issuer, JSON.stringify(withoutPrototype(addresses))));
  const { generation } = core;
  let cause: unknown;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = core.run(() => discovery.next());
    if (next === undefined) {
      const metadata = core.run(() => discovery.metadata());
      discovery.free();
      return JSON.parse(metadata) as ServerMetadata;
    }
    const request = JSON.parse(next) as FetchRequest;
    const outcome = await download(request, fetch);
    if (core.generation !== generation) throw internalError("the core was restarted during discovery");
    try {
      if (!outcome.ok) {
        cause = outcome.cause;
        discovery.failure(request.id, outcome.reason);
      } else {
        discovery.response(request.id, outcome.status, outcome.body);
      }
    } catch (thrown) {
      throw core.failure(thrown, cause);
    }
  }
  throw internalError("discovery does not come to an end");
}
