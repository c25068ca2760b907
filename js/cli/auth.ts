import { CountersignError } from "../errors.js";
import { CliAuthError } from "./error.js";
import { signInByDevice, signInByLoopback } from "./sign-in.js";
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
export function createCliAuth(options: CliAuthOptions): CliAuth {
  const { client, file, minValidity = MIN_VALIDITY } = options;
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
      const tokens = await (params.device === true ? signInByDevice : signInByLoopback)(client, params);
      await store.locked(async (writer) => save(writer, tokens));
      return tokens;
    },
    tokens: read,
    accessToken: async ({ stale } = {}) => {
      const present = usable(await read(), minValidity, stale);
      if (present !== undefined) return present;
      return store.locked(async (writer) => {
        // Another process may have renewed them, while this one waited.
        const tokens = await read();
        return usable(tokens, minValidity, stale) ?? renewed(client, tokens, writer, stale);
      });
    },
    logout: async () =>
      store.locked(async (writer) => {
        const tokens = await read();
        try {
          if (tokens !== undefined) await client.revoke?.(tokens);
        } finally {
          await writer.remove();
        }
      }),
  };
}

/** The access token, if it is good for so many seconds. A token whose end nobody knows is good until somebody refuses it. */
function usable(tokens: Tokens | undefined, seconds: number, stale: string | undefined): string | undefined {
  const { accessToken, expiresAt } = tokens ?? {};
  if (accessToken === undefined || accessToken === stale) return undefined;
  if (expiresAt !== undefined && expiresAt - seconds <= Date.now() / 1000) return undefined;
  return sound(accessToken);
}

function sound(accessToken: string): string {
  if (TOKEN.test(accessToken)) return accessToken;
  throw new CliAuthError("file_invalid", "the access token has characters that no token has");
}

async function renewed(
  client: CliClient,
  tokens: Tokens | undefined,
  writer: Writer,
  stale: string | undefined,
): Promise<string> {
  if (tokens === undefined) throw new CliAuthError("signed_out", "nobody is signed in");
  if (tokens.refreshToken === undefined) {
    throw new CliAuthError("signed_out", "the access token is over, and there is no refresh token to renew it with");
  }
  // Before the server is asked: it takes a refresh token once, and the next one must have its place.
  const reserved = await writer.reserve();
  let next: Tokens;
  try {
    next = await client.refresh(tokens);
  } catch (error) {
    await reserved.drop();
    // What is left of it is better than nothing, while the server cannot be asked.
    const rest = isRefused(error) ? undefined : usable(tokens, 0, stale);
    if (rest !== undefined) return rest;
    if (isRefused(error)) throw new CliAuthError("signed_out", "the server takes the refresh token no longer", error);
    throw error;
  }
  await reserved.commit(text(next));
  const { accessToken } = next;
  if (accessToken === undefined) throw new CliAuthError("signed_out", "the server gives no access token");
  return sound(accessToken);
}

/** Whether the server has said that the grant is over (RFC 6749 §5.2). */
const isRefused = (error: unknown): boolean =>
  error instanceof CountersignError &&
  error.code === "token_endpoint_error" &&
  /^invalid_grant(?:: |$)/.test(error.actual ?? "");

async function save(writer: Writer, tokens: Tokens): Promise<void> {
  const reserved = await writer.reserve();
  await reserved.commit(text(tokens));
}

/** What is in the file. */
const FORMAT = 1;

const text = (tokens: Tokens): string => `${JSON.stringify({ format: FORMAT, tokens })}\n`;

function parsed(content: string | undefined, file: string): Tokens | undefined {
  if (content === undefined) return undefined;
  const invalid = (cause?: unknown) =>
    new CliAuthError("file_invalid", `${file} is no file with tokens: delete it`, cause);
  let value: { format?: unknown; tokens?: Readonly<Record<string, unknown>> } | null;
  try {
    value = JSON.parse(content) as typeof value;
  } catch (error) {
    throw invalid(error);
  }
  const tokens = value?.tokens;
  if (value?.format !== FORMAT || typeof tokens !== "object" || tokens === null) throw invalid();
  const texts = ["issuer", "accessToken", "refreshToken", "idToken"].map((name) => tokens[name]);
  const { expiresAt } = tokens;
  const isSound =
    typeof texts[0] === "string" &&
    texts.every((one) => one === undefined || typeof one === "string") &&
    (expiresAt === undefined || typeof expiresAt === "number");
  if (!isSound) throw invalid();
  return tokens as unknown as Tokens;
}
