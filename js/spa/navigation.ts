import type { Page } from "./page.js";

/** How long a click waits for the navigation of the one before it, in milliseconds. */
const PATIENCE = 10_000;

/** Leaving the page, once at a time. A page that the back button brings back can leave again. */
export class Navigation {
  readonly #page: Page;
  #leftAt = Number.NEGATIVE_INFINITY;
  #leaving: Promise<unknown> | undefined;
  #how: "assign" | "replace" | undefined;

  constructor(page: Page) {
    this.#page = page;
    page.listen("pageshow", ({ persisted }) => {
      if (persisted) this.#leftAt = Number.NEGATIVE_INFINITY;
    });
  }

  /**
   * Finds out where to go, and goes there. Never resolves. Of several calls at once the first one counts; but a sign-out,
   * which goes another way, is not lost to a sign-in that has come to nothing.
   */
  async leave(find: () => Promise<string>, how: "assign" | "replace" = "assign"): Promise<never> {
    if (this.#leaving !== undefined && this.#how !== how) await this.#leaving.catch(() => undefined);
    if (this.#leaving === undefined && (Date.now() - this.#leftAt >= PATIENCE || this.#how !== how)) {
      this.#how = how;
      const leaving = find().then((url) => {
        this.#leftAt = Date.now();
        this.#page.location[how](url);
      });
      this.#leaving = leaving.finally(() => {
        this.#leaving = undefined;
      });
    }
    await this.#leaving;
    return new Promise<never>(() => undefined);
  }
}

/**
 * Refuses what is no address to go to: one that would run in the page, as `javascript:` does, is none.
 *
 * @param address May be relative to the page.
 */
export function checkDestination(address: string, { href }: Pick<Location, "href">): void {
  const protocols = ["https:", "http:", new URL(href).protocol];
  if (URL.canParse(address, href) && protocols.includes(new URL(address, href).protocol)) return;
  throw new TypeError('option "postLogoutRedirectUri" must be an address to go to, e.g. "https://app.example/"');
}
