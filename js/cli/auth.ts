import { CountersignError } from "../errors.js";
import { CliAuthError } from "./error.js";
import { signInByDevice, signInByLoopback } from "./sign-in.js";
import { afterRefresh, parsed, text, tokensFor, type StoredTokens } from "./stored-tokens.js";
import { SecretFile, type Writer } from "./token-file.js";
import type { CliAuth, CliAuthOptions, CliClient, LoginParams, Tokens } from "./types.js";

/** Seconds that an access token has to be good for, where nothing else is said. */
const MIN_VALIDITY = 60;
/** What a token is made of (RFC 6749 §A.12, without the space): anything else would be read as more than a token. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Signs a user in from a terminal, and has the tokens in a file.
 *
 * @throws TypeError for options that are missing or impossible.
 *
 * @example
 * ```ts
 * const auth = createCliAuth({
 *   client: createClient({ issuer: "https://tenant.example/", clientId: "my-cli", scope: "openid offline_access" }),
 *   file: path.join(os.homedir(), ".config/my-cli/tokens.json"),
 * });
 * await auth.login({ onAuthorize: ({ url }) => console.error(`Sign in at ${url}`) });
 * await fetch("https://api.example/", { headers: { authorization: `Bearer ${await auth.accessToken()}` } });
 * ```
 */
export const createCliAuth = (options: CliAuthOptions): CliAuth => authOf(options);

/** What else is to be known of a sign-in. */
interface Mark {
  /** Its name, which is written beside the tokens. */
  readonly signIn: string;
  /** Is called when there are tokens, before they are written. */
  readonly announce: () => Promise<void>;
}

/** The same, for sign-ins that are marked. */
export function authOf(options: CliAuthOptions, mark?: Mark): CliAuth {
  const { client, file, minValidity = MIN_VALIDITY } = options;
  const resources = resourcesOf(options);
  if (typeof client?.authorize !== "function")
    throw new TypeError("createCliAuth: option `client` must be a client of createClient");
  if (typeof file !== "string" || file === "")
    throw new TypeError("createCliAuth: option `file` must be the path of a file");
  if (!Number.isSafeInteger(minValidity) || minValidity < 0) {
    throw new TypeError("createCliAuth: option `minValidity` must be a whole number of seconds");
  }
  const store = new SecretFile(file);
  const read = async () => parsed(await store.read(), file);
  return {
    login: async (params: LoginParams = {}) => {
      const signIn = params.device === true ? signInByDevice : signInByLoopback;
      const tokens = await signIn(client, params, resources);
      // Of several APIs a device code does not say which one its access token is for.
      const resource = params.device === true && resources.length > 1 ? undefined : resources[0];
      await mark?.announce();
      await store.locked(async (writer) => save(writer, { tokens, resource, signIn: mark?.signIn }));
      return tokens;
    },
    tokens: async ({ resource } = {}) => {
      const stored = await read();
      return stored && tokensFor(stored, resource === undefined ? stored.resource : own(resources, resource));
    },
    accessToken: async ({ stale, resource: named } = {}) => {
      const resource = chosen(resources, named);
      const wanted = { client, resources, resource, stale };
      const present = usable(await read(), resource, minValidity, stale);
      if (present !== undefined) return present;
      return store.locked(async (writer) => {
        // Another process may have renewed them, while this one waited.
        const stored = await read();
        return usable(stored, resource, minValidity, stale) ?? renewed(wanted, stored, writer);
      });
    },
    logout: async () =>
      store.locked(async (writer) => {
        const stored = await read();
        try {
          if (stored !== undefined) await client.revoke?.(stored.tokens);
        } finally {
          await writer.remove();
        }
      }),
  };
}

/** The option `resources`, each once. */
function resourcesOf({ resources = [] }: CliAuthOptions): readonly string[] {
  if (Array.isArray(resources) && resources.every((one) => typeof one === "string" && one !== "")) {
    return [...new Set<string>(resources)];
  }
  throw new TypeError("createCliAuth: option `resources` must be an array of strings");
}

function own(resources: readonly string[], resource: string): string {
  if (resources.includes(resource)) return resource;
  throw new TypeError("`resource` must be one of the option `resources` of createCliAuth");
}

/** The API that a token is wanted for: the one that is named, or the only one. */
function chosen(resources: readonly string[], named: string | undefined): string | undefined {
  if (named !== undefined) return own(resources, named);
  if (resources.length < 2) return resources[0];
  throw new TypeError("accessToken: each of the option `resources` has its own: name one, as { resource }");
}

/** The access token, if it is good for so many seconds. A token whose end nobody knows is good until somebody refuses it. */
function usable(
  stored: StoredTokens | undefined,
  resource: string | undefined,
  seconds: number,
  stale: string | undefined,
): string | undefined {
  const { accessToken, expiresAt } = stored === undefined ? ({} as Partial<Tokens>) : tokensFor(stored, resource);
  if (accessToken === undefined || accessToken === stale) return undefined;
  if (expiresAt !== undefined && expiresAt - seconds <= Date.now() / 1000) return undefined;
  return sound(accessToken);
}

function sound(accessToken: string): string {
  if (TOKEN.test(accessToken)) return accessToken;
  throw new CliAuthError("file_invalid", "the access token has characters that no token has");
}

/** A token that is wanted. */
interface Wanted {
  readonly client: CliClient;
  readonly resources: readonly string[];
  readonly resource: string | undefined;
  readonly stale: string | undefined;
}

async function renewed(
  { client, resources, resource, stale }: Wanted,
  stored: StoredTokens | undefined,
  writer: Writer,
): Promise<string> {
  if (stored === undefined) throw new CliAuthError("signed_out", "nobody is signed in");
  const { tokens } = stored;
  if (tokens.refreshToken === undefined) {
    if (tokensFor(stored, resource).accessToken === undefined && tokens.accessToken !== undefined) {
      throw new CountersignError("resource_refused", 500, ONLY_ONE);
    }
    throw new CliAuthError("signed_out", "the access token is over, and there is no refresh token to renew it with");
  }
  // Before the server is asked: it takes a refresh token once, and the next one must have its place.
  const reserved = await writer.reserve();
  let next: Tokens;
  try {
    next = await client.refresh(tokens, resource === undefined ? {} : { resource });
  } catch (error) {
    await reserved.drop();
    // What is left of it is better than nothing, while the server cannot be asked.
    const rest = isAnswer(error, "invalid_grant") ? undefined : usable(stored, resource, 0, stale);
    if (rest !== undefined) return rest;
    if (isAnswer(error, "invalid_grant")) {
      throw new CliAuthError("signed_out", "the server takes the refresh token no longer", error);
    }
    if (!isAnswer(error, "invalid_target")) throw error;
    throw new CountersignError("resource_refused", 500, REFUSED, { cause: error, actual: "invalid_target" });
  }
  await reserved.commit(text(afterRefresh(stored, next, resource, resources)));
  const { accessToken } = next;
  if (accessToken === undefined) throw new CliAuthError("signed_out", "the server gives no access token");
  return sound(accessToken);
}

const ONLY_ONE =
  "a sign-in brings the token of the first API, and a refresh token brings the others: the server gave none, which many do for the scope offline_access alone";
const REFUSED =
  "the server gives no token for this API (`invalid_target`): name it as the server has it registered, and sign in again";

/** Whether the token endpoint has answered this: `invalid_grant`, the grant is over (RFC 6749 §5.2), or another. */
const isAnswer = (error: unknown, answer: string): boolean =>
  error instanceof CountersignError &&
  error.code === "token_endpoint_error" &&
  (error.actual ?? "").split(":")[0] === answer;

async function save(writer: Writer, stored: StoredTokens): Promise<void> {
  const reserved = await writer.reserve();
  await reserved.commit(text(stored));
}
