import type { ErrorCode } from "../errors.js";
import type { SessionUser } from "./types.js";

/** What the core shows of a session. */
export interface SessionRecord {
  /** The whole, which the core takes back. */
  readonly record: string;
  readonly user: SessionUser;
  readonly data: Readonly<Record<string, unknown>>;
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: number;
  readonly logoutUrl: string;
  /** The name of the client that the user has signed in by. */
  readonly client: string;
  /** Of the access token, if there is one */
  readonly tokenType?: string;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** A whole response of a route. */
export interface RouteResponse {
  readonly outcome: "response";
  readonly status: number;
  readonly headers: Pairs;
  readonly body: string;
  /** The user is signed out by it: no other cookie of the session is set beside. */
  readonly signsOut?: boolean;
}

/** The application's turn. */
export interface Visit {
  readonly outcome: "visit";
  readonly session?: SessionRecord;
  readonly setCookies: readonly string[];
  /** That of the operation `refresh` */
  readonly accessToken?: string;
}

export interface Failed {
  readonly outcome: "failed";
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly setCookies: readonly string[];
}

/** How an operation ends. */
export type Outcome = RouteResponse | Visit | Failed | { readonly outcome: "notOurs" };

/** Where a value is, and for how long. */
interface Stored {
  readonly inProcess: boolean;
  readonly key: string;
}

interface Sealed {
  readonly info: string;
  readonly associated: string;
  readonly text: string;
}

interface OfClient {
  readonly client: string;
  /** The API that the access token is for, if one is named */
  readonly resource?: string;
}

/** What the core wants done. */
export type Task =
  | { readonly task: "body"; readonly limit: number }
  | ({ readonly task: "open" | "seal" } & Sealed)
  | { readonly task: "read"; readonly inProcess: boolean; readonly keys: readonly string[] }
  | ({ readonly task: "write" | "add"; readonly value: string; readonly ttl: number } & Stored)
  | ({ readonly task: "delete" } & Stored)
  | { readonly task: "wait"; readonly milliseconds: number }
  | { readonly task: "authorize"; readonly client: string; readonly redirectUri: string; readonly params: Pairs }
  | ({ readonly task: "redeem"; readonly response: string; readonly transaction: string } & OfClient)
  | ({ readonly task: "refresh"; readonly tokens: string } & OfClient)
  | { readonly task: "revoke"; readonly client: string; readonly token: string; readonly milliseconds: number }
  | { readonly task: "logoutUrl"; readonly client: string; readonly redirectUri: string; readonly idToken?: string }
  | { readonly task: "logoutToken"; readonly client: string; readonly token: string };

/** What came of it, by the names of `wasm/src/session/answer.rs`. */
export type Answer = { readonly kind: string } & Readonly<Record<string, unknown>>;
