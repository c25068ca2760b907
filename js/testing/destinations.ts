import { addressOf, placeOf } from "../spa/resources.js";

/** Where tokens may go, as `createBrowserAuth` has it of its options. There the core decides; tests compare the two. */
export class TestDestinations {
  readonly #resources: readonly string[];
  readonly #origins: readonly string[];

  private constructor(resources: readonly string[], allowedOrigins: readonly string[]) {
    this.#resources = [...new Set(resources)];
    const own = resources.map(addressOf).filter((url) => url !== undefined);
    this.#origins = [...own.map(({ origin }) => `${origin}/`), ...allowedOrigins];
  }

  /** `undefined`: the test has named none, and does not care. */
  static of(options: {
    readonly resources?: readonly string[] | undefined;
    readonly allowedOrigins?: readonly string[] | undefined;
  }): TestDestinations | undefined {
    const { resources, allowedOrigins } = options;
    if (resources === undefined && allowedOrigins === undefined) return undefined;
    return new TestDestinations(resources ?? [], allowedOrigins ?? []);
  }

  /** The API that was named, or the only one. */
  named(resource: string | undefined): string | undefined {
    if (resource !== undefined) return this.#own(resource);
    if (this.#resources.length < 2) return this.#resources[0];
    throw new TypeError('accessToken: each of the option "resources" has its own: name one, as { resource }');
  }

  /** The API that an address is of. */
  at(address: string, named: string | undefined): string | undefined {
    const url = new URL(address, globalThis.location?.href);
    const { origin, pathname, username, password } = url;
    const resource = named === undefined ? this.#covering(origin + pathname) : this.#own(named);
    const isAllowed = isSafe(url) && this.#origins.includes(`${origin}/`);
    if (username !== "" || password !== "" || !isAllowed) {
      throw new TypeError(
        `fetch: tokens are not sent to ${origin}: if they may be, add it to the option "allowedOrigins" of createBrowserAuth`,
      );
    }
    return resource;
  }

  #own(resource: string): string {
    if (this.#resources.includes(resource)) return resource;
    throw new TypeError('"resource" must be one of the option "resources"');
  }

  #covering(place: string): string | undefined {
    if (this.#resources.length < 2) return this.#resources[0];
    const covering = this.#resources
      .map((resource) => ({ resource, above: placeOf(resource).replace(/\/+$/, "") }))
      .filter(({ above }) => above !== "" && (place === above || place.startsWith(`${above}/`)))
      .sort((one, other) => other.above.length - one.above.length);
    const [found] = covering;
    if (found !== undefined) return found.resource;
    throw new TypeError(
      'fetch: none of the option "resources" covers this address: name one, as fetch(url, { resource })',
    );
  }
}

/** By https, or on this machine. */
const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
