import type { Client, DeviceEvent, Tokens } from "../client/client-types.js";
import type { AbortSignalLike } from "../fetch.js";

export type { Tokens };

/** The part of a client that is used here: what `createClient` of `countersign/client` makes, or what stands in for it. */
export type CliClient = Pick<Client, "authorize" | "callback" | "refresh"> & Partial<Pick<Client, "device" | "revoke">>;

/** What a user is to be told, to sign in with a code. All of it is the server's text: show it as text. */
export type DevicePrompt = Extract<DeviceEvent, { readonly type: "prompt" }>;

/** Options of {@link createCliAuth}. */
export interface CliAuthOptions {
  /** Made by `createClient`: a public client, for whom loopback addresses of any port are registered (RFC 8252 §7.3). */
  readonly client: CliClient;
  /**
   * Where the tokens are kept: a file of its own for each user and client. It is readable by the user alone (mode 0600);
   * its folder is made where there is none (mode 0700). Beside it lies a lock while it is written.
   */
  readonly file: string;
  /** Seconds that an access token must be good for yet, else it is renewed. Default 60. */
  readonly minValidity?: number;
  /**
   * The APIs that access tokens are for, each with a token of its own (RFC 8707). The sign-in brings the token of the first, and
   * the refresh token brings the others when they are wanted. Default: none is named.
   */
  readonly resources?: readonly string[];
}

/** What one sign-in asks for. */
export interface LoginParams {
  /** Scopes, separated by spaces. Default: the client's. `offline_access` is what most servers want for a refresh token. */
  readonly scope?: string;
  /** The greatest time since the user signed in at the server, in seconds. */
  readonly maxAge?: number;
  /** Other parameters of the request, e.g. `{ audience: "https://api.example" }`. */
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
  /** By a code that the user enters anywhere, for machines without a browser (RFC 8628). Default `false`. */
  readonly device?: boolean;
  /** Where the browser comes back to. Default `127.0.0.1`; `localhost` for servers that know no other. */
  readonly host?: "127.0.0.1" | "[::1]" | "localhost";
  /** The port, where the server wants a certain one. Default: any that is free. */
  readonly port?: number;
  /** The path of the redirect URI, as it is registered. Default `/callback`. */
  readonly path?: string;
  /** Seconds that the user has. Default 300. */
  readonly timeout?: number;
  /** Ends the sign-in before it is finished. */
  readonly signal?: AbortSignalLike;
  /** Opens the browser, and answers whether it could. Default: the program that `BROWSER` names, or the system's. */
  readonly openBrowser?: (url: string) => boolean | Promise<boolean>;
  /** Is told where the user has to go, once the browser is opened or could not be. */
  readonly onAuthorize?: (begun: { readonly url: string; readonly isOpened: boolean }) => void;
  /** Is told the code of a device and where to enter it. */
  readonly onPrompt?: (prompt: DevicePrompt) => void;
}

/** Signs one user in from a terminal, and has fresh tokens for programs. */
export interface CliAuth {
  /**
   * Signs in, and writes the tokens to the file.
   *
   * @returns A promise that rejects with a CliAuthError `timed_out`, `aborted`, `listen_failed`, `device_unsupported`, or
   *   one over the file; or with what the client's `authorize`, `callback` and `device` reject with.
   */
  login(params?: LoginParams): Promise<Tokens>;
  /**
   * What is in the file, fresh or not. `undefined`: nobody is signed in.
   *
   * @param options.resource Whose access token is wanted: one of the option `resources`. Default: the latest that came.
   */
  tokens(options?: { readonly resource?: string }): Promise<Tokens | undefined>;
  /**
   * An access token that is good for `minValidity` seconds, renewed if need be. Of several processes at once, one asks the
   * server, and the others read what it has written.
   *
   * @param options.stale A token that a server has just refused: another one is wanted.
   * @param options.resource The API that it is for: one of the option `resources`. It may be left out where there is one.
   * @returns A promise that rejects with a CliAuthError `signed_out`; with a CountersignError `resource_refused` where the
   *   server gives none for this API; or with what the client's `refresh` rejects with.
   */
  accessToken(options?: { readonly stale?: string; readonly resource?: string }): Promise<string>;
  /** Revokes the tokens, if the server lets them be revoked, and deletes the file. */
  logout(): Promise<void>;
}
