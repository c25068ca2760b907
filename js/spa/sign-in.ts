import type { Tokens as SessionTokens } from "../client/client-types.js";
import type { Transaction } from "../client/types.js";
import { CountersignError } from "../errors.js";
import { resourceRefused, responseUnknown, storageUnavailable } from "./errors.js";
import type { PageClient } from "./client.js";
import type { Page } from "./page.js";
import type { Rules } from "./rules.js";
import type { Area } from "./storage.js";
import { seconds } from "./seconds.js";

const NAMES = "sign-in:";

/** A sign-in under way, as the storage has it. */
interface SignIn {
  readonly transaction: Transaction;
  readonly returnTo: string;
}

/** What {@link SignIns} works with. */
export interface SignInContext {
  readonly issuer: string;
  readonly redirectUri: string;
  readonly page: Page;
  readonly client: PageClient;
  readonly rules: Rules;
  readonly load: () => Promise<void>;
  readonly area: Area;
}

/** What an address has brought. `undefined`: nothing of ours. */
export type Outcome =
  | { readonly tokens: SessionTokens; readonly resource: string | undefined }
  | { readonly error: CountersignError }
  | undefined;

/** The sign-ins under way in this browser, and their responses in the address of the page. */
export class SignIns {
  readonly #context: SignInContext;

  constructor(context: SignInContext) {
    this.#context = context;
  }

  /** Remembers a sign-in for its response. */
  add(transaction: Transaction, returnTo: string): void {
    const { area, rules } = this.#context;
    const others = area.names(NAMES);
    const dead = rules.deadSignIns(
      others.map((name) => parse(area.read(name))?.transaction.expiresAt ?? 0),
      seconds(),
    );
    for (const index of dead) area.remove(others[index] ?? "");
    const name = NAMES + transaction.state;
    if (area.write(name, JSON.stringify({ transaction, returnTo } satisfies SignIn))) return;
    area.remove(name);
    throw storageUnavailable();
  }

  /** Forgets them all: what comes back after a logout is of before it. */
  clear(): void {
    const { area } = this.#context;
    for (const name of area.names(NAMES)) area.remove(name);
  }

  /** Whether the address may hold a response of ours: whether it is worth to load the core for a closer look. */
  get mayBeIn(): boolean {
    const { page, area, issuer } = this.#context;
    const query = new URLSearchParams(page.location.search);
    const state = query.get("state");
    if (state === null) return false;
    return area.read(NAMES + state) !== undefined || query.get("iss") === issuer;
  }

  /** Takes the response out of the address, and turns it into tokens. */
  async arrive(): Promise<Outcome> {
    const { page, client, rules, area, load, redirectUri } = this.#context;
    await load();
    const { href, search } = page.location;
    const states = area.names(NAMES).map((name) => name.slice(NAMES.length));
    const state = rules.arrival(href, redirectUri, states);
    if (state === undefined) return undefined;
    const name = NAMES + state;
    const signIn = parse(area.read(name));
    area.remove(name);
    this.#goTo(signIn?.returnTo ?? redirectUri);
    if (signIn === undefined) return { error: responseUnknown() };
    // A token request names one resource, and has a token for it (RFC 8707 §2.2). The others come by the refresh token.
    const [resource] = signIn.transaction.resource ?? [];
    const transaction = { ...signIn.transaction, ...(resource !== undefined && { resource: [resource] }) };
    try {
      return { tokens: await client.callback(search, transaction), resource };
    } catch (error) {
      if (error instanceof CountersignError) {
        return { error: rules.isResourceRefused(error.code, error.actual) ? resourceRefused(error) : error };
      }
      // A transaction that somebody has changed is a mistake of the caller's to `callback`.
      if (error instanceof TypeError) return { error: responseUnknown(error) };
      throw error;
    }
  }

  /** Before a router reads the address. A place of another origin is refused by the browser. */
  #goTo(place: string): void {
    const { history } = this.#context.page;
    try {
      history.replaceState(history.state, "", place);
    } catch {
      history.replaceState(history.state, "", "/");
    }
  }
}

function parse(text: string | undefined): SignIn | undefined {
  try {
    const signIn = JSON.parse(text ?? "null") as Partial<SignIn> | null;
    const { transaction, returnTo } = signIn ?? {};
    const isOne = typeof transaction?.expiresAt === "number" && typeof returnTo === "string";
    return isOne ? { transaction, returnTo } : undefined;
  } catch {
    return undefined;
  }
}
