/**
 * `countersign/presets/fief`: what Fief's own client has, over `createClient` of `countersign/client`.
 *
 * @module
 */

import { builtIn } from "../built-in.js";
import { ClientImpl } from "../client/client.js";
import { decrypterOf } from "../client/decryption.js";
import type { AuthorizationParams, Client } from "../client/client-types.js";
import { readClientOptions } from "../client/options.js";
import { authorizationResponse } from "../client/authorization-response.js";
import { core } from "../client/runtime.js";
import { discoverBy } from "../jwks/discovery.js";
import { create } from "../verifier/create.js";
import type { IdTokenVerifier } from "../verifier/types.js";
import { readAuthOptions, readFiefOptions, type ReadFiefOptions } from "./options.js";
import { Requirements } from "./requirements.js";
import type { Fief, FiefAnswer, FiefAuthOptions, FiefOptions } from "./types.js";

export type * from "./types.js";
export { verifyWebhook } from "./webhook.js";
export type { WebhookEvent, WebhookOptions, WebhookRequest } from "./webhook.js";

/** How long a request to Fief's own API may take, the answer's body included, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Makes a client of Fief. Its metadata and keys are fetched at first use.
 *
 * State, nonce and PKCE are always there, and issuer, audience and times of every token are looked at.
 *
 * @throws TypeError for options that are missing or of another form.
 *
 * @example
 * ```ts
 * const fief = createFief({ baseUrl: "https://auth.example", clientId: "my-client", clientSecret });
 * const { url, transaction } = await fief.authUrl("https://app.example/callback", { scope: ["openid"] });
 * const [tokens, user] = await fief.authCallback(request.url, transaction);
 * ```
 */
export function createFief(options: FiefOptions): Fief {
  const read = readFiefOptions(options);
  const { baseUrl } = read;
  const servers = new Server(read);
  const requirements = new Requirements();

  /** A request to Fief's own API, with the access token. */
  const api = async (method: string, path: string, body: object, accessToken: string): Promise<FiefAnswer> => {
    const client = await servers.client();
    const init = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const bearer = { issuer: read.issuer, accessToken, tokenType: "Bearer" as const };
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await client.fetch(`${baseUrl}/api/${path}`, { ...init, signal }, bearer);
    const text = await response.text();
    return { ok: response.ok, status: response.status, body: parsed(text) };
  };

  const fief: Fief = {
    authUrl: async (redirectUri, given = {}) => (await servers.client()).authorize(params(redirectUri, given)),
    authCallback: async (response, transaction) => {
      const text = withOneDescription(authorizationResponse(response, "authCallback: the response"));
      const tokens = await (await servers.client()).callback(text, transaction);
      if (tokens.claims === undefined) throw new TypeError("authCallback: ask for the scope `openid`, for an ID token");
      return [tokens, tokens.claims];
    },
    authRefreshToken: async (before, { scope } = {}) => {
      const client = await servers.client();
      const tokens = await client.refresh(before, scope === undefined ? {} : { scope: scope.join(" ") });
      return [tokens, tokens.claims];
    },
    validateAccessToken: async (token, requirement = {}) => {
      const wanted = Requirements.read(requirement);
      const { claims } = await (await servers.verifier()).verify(token);
      return requirements.check(claims, wanted, token);
    },
    userinfo: async (tokens) => await (await servers.client()).userinfo(tokens),
    updateProfile: async (token, fields) => api("PATCH", "profile", fields, token),
    changePassword: async (token, password) => api("PATCH", "password", { password }, token),
    emailChange: async (token, email) => api("PATCH", "email/change", { email }, token),
    emailVerify: async (token, code) => api("POST", "email/verify", { code }, token),
    logoutUrl: (redirectUri) => `${baseUrl}/logout?${new URLSearchParams({ redirect_uri: redirectUri }).toString()}`,
  };
  return Object.freeze(fief);
}

/** The client and the verifier of access tokens, made when the metadata is there. A failure is not remembered. */
class Server {
  readonly #options: ReadFiefOptions;
  #client: Client | undefined;
  #verifier: IdTokenVerifier | undefined;

  constructor(options: ReadFiefOptions) {
    this.#options = options;
    if (options.issuer === options.baseUrl) this.#client = this.#make({ issuer: options.issuer });
  }

  async client(): Promise<Client> {
    return (this.#client ??= this.#make({ metadata: await this.#metadata() }));
  }

  /** The audience of Fief's access tokens is the client. */
  async verifier(): Promise<IdTokenVerifier> {
    const { issuer, baseUrl, clientId, fetch } = this.#options;
    const common = {
      issuer,
      audience: clientId,
      algorithms: ["RS256"] as const,
      requiredClaims: ["scope"],
      ...(fetch && { fetch }),
    };
    if (issuer === baseUrl) return (this.#verifier ??= create(core, common, builtIn));
    const { jwks_uri: jwksUri } = await this.#metadata();
    if (typeof jwksUri !== "string") throw new TypeError("createFief: the server's metadata has no `jwks_uri`");
    return (this.#verifier ??= create(core, { ...common, jwksUri }, builtIn));
  }

  #make(server: object): Client {
    const { baseUrl, clientId, clientSecret, decryptionKeys, fetch } = this.#options;
    const clientAuthentication = { method: "client_secret_post", secret: clientSecret } as const;
    const given = {
      ...server,
      clientId,
      ...(clientSecret !== undefined && { clientAuthentication }),
      ...(decryptionKeys && { decryptionKeys }),
      idTokenAlgorithm: "RS256",
      allowedOrigins: [new URL(baseUrl).origin],
      ...(fetch && { fetch }),
    };
    return new ClientImpl(core, readClientOptions(given, decrypterOf));
  }

  async #metadata(): Promise<Awaited<ReturnType<typeof discoverBy>>> {
    const { issuer, baseUrl, fetch } = this.#options;
    const metadataUri = `${baseUrl}/.well-known/openid-configuration`;
    return discoverBy(core, issuer, { metadataUri, ...(fetch && { fetch }) });
  }
}

function params(redirectUri: string, given: FiefAuthOptions): AuthorizationParams {
  const { scope, lang, screen, loginHint, acrValues, prompt, maxAge } = readAuthOptions(given);
  const texts = { lang, screen, prompt, login_hint: loginHint, acr_values: acrValues };
  const named = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    redirectUri,
    ...(scope && { scope: scope.join(" ") }),
    ...(maxAge !== undefined && { maxAge }),
    params: Object.fromEntries(named) as Record<string, string>,
  };
}

/**
 * The response with the letters of its `error_description` in one parameter. Fief 0.27 sends each as a parameter of its own,
 * so that no error of its would be an authorization response (RFC 6749 §3.1).
 */
function withOneDescription(response: string): string {
  const name = "error_description=";
  const start = response.indexOf("?") + 1;
  const parts = response.slice(start).split("&");
  const letters = parts.filter((part) => part.startsWith(name));
  if (letters.length < 2) return response;
  const description = name + letters.map((part) => part.slice(name.length)).join("");
  return response.slice(0, start) + [...parts.filter((part) => !part.startsWith(name)), description].join("&");
}

/** The body as JSON, where it is; Fief's errors are. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === "" ? undefined : text;
  }
}
