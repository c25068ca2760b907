import type { ResourceTarget } from "../client/client-types.js";
import { optional, readOptions, text } from "../options/readers.js";
import type { Rules } from "./rules.js";

/** The APIs of an application, and which of them a token is wanted for. */
export class Resources {
  /** Each once. */
  readonly names: readonly string[];
  readonly #rules: Rules;

  constructor(names: readonly string[], rules: Rules) {
    this.names = [...new Set(names)];
    this.#rules = rules;
  }

  /** The one that was named, or the only one. Empty where the application has none. */
  named(options: unknown): string {
    const { resource } = readOptions<{ resource: string | undefined }>("accessToken", options ?? {}, {
      resource: optional(text),
    });
    if (resource !== undefined) return this.#own(resource, "accessToken");
    const [first = "", ...others] = this.names;
    if (others.length === 0) return first;
    const example = JSON.stringify(first);
    throw new TypeError(
      `accessToken: each of the option "resources" has its own: name one, e.g. { resource: ${example} }`,
    );
  }

  /** The one that an address is of. The core is loaded. */
  at(address: string, named: unknown): string {
    if (named !== undefined) return this.#own(text(named, 'fetch: "resource"'), "fetch");
    if (this.names.length === 0) return "";
    const { origin, pathname } = new URL(address);
    const index = this.#rules.resourceAt(origin + pathname, this.names.map(placeOf));
    const found = index === undefined ? undefined : this.names[index];
    if (found !== undefined) return found;
    const problem = `fetch: none of the option "resources" is at ${origin} or covers its path`;
    throw new TypeError(`${problem}: name the one whose token is wanted, as in fetch(url, { resource })`);
  }

  #own(resource: string, where: string): string {
    if (this.names.includes(resource)) return resource;
    throw new TypeError(`${where}: "resource" must be one of the option "resources" of createBrowserAuth`);
  }
}

/** Origin and path. Names of APIs need not be addresses. */
export function placeOf(resource: string): string {
  const url = addressOf(resource);
  return url === undefined ? "" : url.origin + url.pathname;
}

/** The address that a name is, if it is one of the web. */
export function addressOf(resource: string): URL | undefined {
  const url = URL.canParse(resource) ? new URL(resource) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
}

/** Where a request goes. Addresses may be relative to the page, as everywhere else in it. */
export const targetOf = (input: ResourceTarget, base: string): Exclude<ResourceTarget, string> =>
  typeof input === "string" ? new URL(input, base) : input;

/** The address of a target. */
export const hrefOf = (target: Exclude<ResourceTarget, string>): string => ("url" in target ? target.url : target.href);
