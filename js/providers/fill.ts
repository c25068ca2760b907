import type { ClientAuthenticationOptions } from "../client/client-types.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import { guarded, mandatory, optional, readOptions, text, type Reader } from "../options/readers.js";
import type { Provider, ProviderPreset } from "./types.js";

/** Whatever `createClient` takes: it reads it. */
const authentication: Reader<ClientAuthenticationOptions> = (value, label) => {
  if (typeof value !== "object" || value === null) throw new TypeError(`${label} must be an object`);
  return guarded(label, () => ({ ...value })) as ClientAuthenticationOptions;
};

/** Makes options of a provider's row and the user's values. */
export function fill(provider: Provider, options: unknown): ProviderPreset {
  const { issuer, authorizationEndpoint, tokenEndpoint, revocationEndpoint, jwksUri, secret, scope, ...data } =
    provider;
  const read = readOptions<{
    clientId: string;
    clientSecret: string | undefined;
    clientAuthentication: ClientAuthenticationOptions | undefined;
  }>(provider.name, options, {
    clientId: mandatory(text, "my-client"),
    clientSecret: optional(text),
    clientAuthentication: optional(authentication),
  });
  const { clientId, clientSecret, clientAuthentication } = read;
  if (clientSecret !== undefined && clientAuthentication !== undefined) {
    throw new TypeError(`${provider.name} takes either the option "clientSecret" or "clientAuthentication"`);
  }
  if (clientSecret !== undefined && secret === undefined) {
    throw new TypeError(`${provider.name}: clients have no secret there, leave the option "clientSecret" out`);
  }
  const shown =
    clientSecret !== undefined && secret !== undefined
      ? { method: secret, secret: clientSecret }
      : clientAuthentication;
  const metadata = {
    issuer,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    ...(revocationEndpoint !== undefined && { revocation_endpoint: revocationEndpoint }),
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
  } as ServerMetadata;
  return { metadata, clientId, ...(shown && { clientAuthentication: shown }), scope, provider: data };
}
