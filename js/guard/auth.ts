import type { AbortSignalLike } from "../fetch.js";
import type { VerifiedToken } from "../token.js";
import { issuerOf } from "./issuer.js";
import type { Auth, McpAuthInfo, Scheme, UserInfo } from "./types.js";

/** What the core finds in the claims. */
export interface Grants {
  readonly scopes: readonly string[];
  readonly permissions: readonly string[];
  readonly clientId?: string;
}

/** A token that was verified, or that its server was asked about. */
export interface Judged {
  readonly header: VerifiedToken["header"] | undefined;
  readonly claims: VerifiedToken["claims"];
}

/** A token, and how it was presented. */
export interface Presented {
  readonly scheme: Scheme;
  readonly token: string;
  /** For the client's next proof. */
  readonly dpopNonce: string | undefined;
}

/** The longest time that `setTimeout` can wait, in milliseconds. */
const MAX_TIMEOUT = 0x7fff_ffff;

/** Who makes a request. What most handlers do not ask for is found out when they do. */
export class Authenticated implements Auth {
  readonly scheme: Scheme;
  readonly dpopNonce: string | undefined;
  readonly header: VerifiedToken["header"] | undefined;
  readonly claims: VerifiedToken["claims"];
  user: UserInfo | undefined;
  readonly #token: string;
  readonly #resource: string | undefined;
  readonly #now: () => number;
  readonly #findGrants: () => Grants;
  #grants: Grants | undefined;
  #scopes: ReadonlySet<string> | undefined;
  #permissions: ReadonlySet<string> | undefined;
  #signal: AbortSignal | undefined;

  constructor(
    { scheme, token, dpopNonce }: Presented,
    { header, claims }: Judged,
    resource: string | undefined,
    now: () => number,
    findGrants: () => Grants,
  ) {
    this.scheme = scheme;
    this.dpopNonce = dpopNonce;
    this.#token = token;
    this.header = header;
    this.claims = claims;
    this.#resource = resource;
    this.#now = now;
    this.#findGrants = findGrants;
  }

  /** Not a property of its own, so that it is in no log that has the object. */
  get token(): string {
    return this.#token;
  }

  get issuer(): string {
    return issuerOf(this.claims) ?? "";
  }

  get subject(): string | undefined {
    return this.claims.sub;
  }

  get clientId(): string | undefined {
    return this.#found.clientId;
  }

  get audience(): readonly string[] {
    const { aud } = this.claims;
    return typeof aud === "string" ? [aud] : (aud ?? []);
  }

  get scopes(): ReadonlySet<string> {
    return (this.#scopes ??= new Set(this.#found.scopes));
  }

  get permissions(): ReadonlySet<string> {
    return (this.#permissions ??= new Set(this.#found.permissions));
  }

  get expiresAt(): number {
    return Math.floor(this.claims.exp);
  }

  get signal(): AbortSignalLike {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      this.#signal = controller.signal;
      abortAt(controller, this.expiresAt, this.#now);
    }
    return this.#signal;
  }

  toMcp(): McpAuthInfo {
    const info: McpAuthInfo = {
      token: this.token,
      clientId: this.clientId ?? "",
      scopes: [...this.scopes],
      expiresAt: this.expiresAt,
      extra: { issuer: this.issuer, subject: this.subject, claims: this.claims },
    };
    if (this.#resource !== undefined) info.resource = new URL(this.#resource);
    return info;
  }

  get #found(): Grants {
    return (this.#grants ??= this.#findGrants());
  }
}

/**
 * Waits in steps, since one wait is 24 days at most, and does not keep a process alive. Holds on to nothing else. Never aborts
 * at once: of a token that only the tolerance lets in, whoever begins to listen now would never hear.
 */
function abortAt(controller: AbortController, seconds: number, now: () => number): void {
  const left = (): number => seconds * 1000 - now();
  const timer: unknown = setTimeout(
    () => {
      if (left() > 0) abortAt(controller, seconds, now);
      else controller.abort(new DOMException("the access token has expired", "TimeoutError"));
    },
    Math.min(Math.max(left(), 0), MAX_TIMEOUT),
  );
  if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
}
