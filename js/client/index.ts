/**
 * `countersign/client`: sign-in with OAuth 2.0 and OpenID Connect, and the verification of the tokens that it ends with.
 *
 * All of it is one wasm file, `auth.wasm`, which is the core of the root entry with sign-in. So an application that signs
 * users in takes `createVerifier` from here too, and loads one core.
 *
 * @module
 */

import { builtIn, loadBoth } from "../built-in.js";
import { CountersignError } from "../errors.js";
import type { InitSource } from "../core/init-source.js";
import { discoverBy } from "../jwks/discovery.js";
import type { discover as Discover } from "../jwks/index.js";
import { create, createWithSecret } from "../verifier/create.js";
import type { createVerifier as CreateVerifier } from "../verifier/index.js";
import type { createSharedSecretVerifier as CreateSharedSecretVerifier } from "../verifier/shared-secret.js";
import type { SharedSecretVerifierOptions, VerifierOptions } from "../verifier/option-types.js";
import { flag, optional, readOptions } from "../options/readers.js";
import { decrypter, decrypterOf, readKeys } from "./decryption.js";
import type { Decrypt, DecrypterOptions, DecryptionKey } from "./decryption-types.js";
import { ClientImpl } from "./client.js";
import type { Client, ClientOptions } from "./client-types.js";
import { register } from "./internals.js";
import { readClientOptions } from "./options.js";
import { core } from "./runtime.js";

export { CountersignError };
export type { ErrorCode, ErrorDetails, KeysErrorCode, LoginErrorCode, TokenErrorCode } from "../errors.js";
export type { AbortSignalLike, Fetch, FetchBody, FetchInit, FetchResponse, ResponseParameters } from "../fetch.js";
export type { InitSource } from "../core/init-source.js";
export type { Engine } from "../engine/preference.js";
export type * from "../jwks/metadata.js";
export type * from "../token.js";
export type * from "../verifier/option-types.js";
export type * from "../verifier/types.js";
export type * from "./decryption-types.js";
export type * from "./provider-types.js";
export type * from "./types.js";
export type * from "./client-types.js";

export {
  createAuthorizationRequest,
  createPkcePair,
  createTokenRequest,
  parseAuthorizationResponse,
  parseTokenResponse,
} from "./requests.js";

/**
 * Makes a client of an authorization server: one registration, for all users (RFC 6749, OpenID Connect Core).
 *
 * Nothing is fetched before it is needed.
 *
 * @throws TypeError for options that are missing, unknown or impossible.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   issuer: "https://tenant.example/",
 *   clientId: "my-client",
 *   redirectUri: "https://app.example/callback",
 * });
 * const { url, transaction } = await client.authorize();
 * ```
 */
export const createClient = (options: ClientOptions): Client => {
  const client = new ClientImpl(core, readClientOptions(options, decrypterOf));
  const open = Object.freeze({
    clientId: client.clientId,
    authorize: client.authorize.bind(client),
    callback: client.callback.bind(client),
    refresh: client.refresh.bind(client),
    grant: client.grant.bind(client),
    device: client.device.bind(client),
    userinfo: client.userinfo.bind(client),
    revoke: client.revoke.bind(client),
    introspect: client.introspect.bind(client),
    logoutUrl: client.logoutUrl.bind(client),
    verifyLogoutToken: client.verifyLogoutToken.bind(client),
    fetch: client.fetch.bind(client),
    proof: client.proof.bind(client),
    metadataDocument: client.metadataDocument.bind(client),
  });
  return register(open, client);
};

/**
 * Whether the server says that this grant is over (RFC 6749 §5.2): the user has to sign in again. Every other error of a
 * refresh may pass, and the refresh token should be kept. So may `invalid_grant` with status 429 or 5xx, which is the error
 * `server_unavailable`.
 *
 * @example
 * ```ts
 * try {
 *   tokens = await client.refresh(tokens);
 * } catch (error) {
 *   if (isInvalidGrant(error)) return signIn();
 *   throw error;
 * }
 * ```
 */
export const isInvalidGrant = (error: unknown): boolean =>
  error instanceof CountersignError &&
  error.code === "token_endpoint_error" &&
  (error.actual ?? "").split(":")[0] === "invalid_grant";

/** Makes a verifier for the tokens of one issuer, as `createVerifier` of the root entry does, on the core of this one. */
export const createVerifier: typeof CreateVerifier = (options: VerifierOptions) => create(core, options, builtIn);

/** The same for tokens that are authenticated with a secret, as `createSharedSecretVerifier` of the root entry does. */
export const createSharedSecretVerifier: typeof CreateSharedSecretVerifier = (options: SharedSecretVerifierOptions) =>
  createWithSecret(core, options);

/**
 * Makes what decrypts the encrypted ID tokens of a client (RFC 7516): of five segments, the signed token inside, which is
 * still to be verified, since whoever knows a public key can encrypt for it. A token of three segments, which is not encrypted,
 * is refused with `token_type_unsupported`.
 *
 * RSA-OAEP-256, ECDH-ES with and without key wrap, and `dir`; A128CBC-HS256, A256CBC-HS512, A128GCM and A256GCM. RSA1_5 and
 * compression are refused.
 *
 * @returns A function that rejects with a CountersignError `decryption_failed`, `encryption_unsupported`, `key_not_found`,
 *   `key_ambiguous`, or one over the token's form.
 * @throws TypeError for keys that are none.
 *
 * @example
 * ```ts
 * const decrypt = createDecrypter([{ alg: "ECDH-ES+A256KW", key: privateKey, kid: "2026" }]);
 * const { claims } = await idTokens.verify(await decrypt(tokens.id_token), { nonce: transaction.nonce });
 * ```
 */
export const createDecrypter = (keys: readonly DecryptionKey[], options: DecrypterOptions = {}): Decrypt => {
  const given = readKeys(keys, "createDecrypter: the keys");
  const { acceptUnencryptedTokens } = readOptions<{ acceptUnencryptedTokens: boolean | undefined }>(
    "createDecrypter",
    options,
    { acceptUnencryptedTokens: optional(flag) },
  );
  return decrypter(given, acceptUnencryptedTokens);
};

/** Fetches and checks the metadata of an authorization server, as `discover` of the root entry does. */
export const discover: typeof Discover = (issuer, options) => discoverBy(core, issuer, options);

/**
 * Loads the core with sign-in now rather than at first use, and the engine for signatures with it.
 *
 * The functions for sign-in are synchronous, and a page has to fetch the core first: there, await this once before them, or
 * {@link discover}, which loads the core itself. Elsewhere nothing has to be waited for. The core of the root entry is
 * another one, with its own `init`.
 *
 * @param source The core, where the one of the package is not to be had: a module, its bytes, a response, or where to
 *   fetch it. Of no effect once the core is loaded.
 * @param engine The engine, likewise.
 * @returns A promise that rejects with a CountersignError `core_unavailable` if the core cannot be fetched or compiled.
 *
 * @example
 * ```ts
 * await init(new URL("countersign/auth.wasm", import.meta.url), new URL("countersign/engine.wasm", import.meta.url));
 * ```
 */
export const init = async (source?: InitSource, engine?: InitSource): Promise<void> => loadBoth(core, source, engine);
