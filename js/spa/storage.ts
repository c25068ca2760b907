import type { Page } from "./page.js";

/** Texts by name, in one of the browser's storages or in this page's memory. Reading and removing never fail. */
export class Area {
  readonly #storage: Storage | undefined;
  readonly #prefix: string;
  /** What the storage did not take, because it is full. */
  readonly #memory = new Map<string, string>();

  constructor(storage: Storage | undefined, prefix: string) {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  read(name: string): string | undefined {
    return this.#memory.get(name) ?? this.#attempt((storage) => storage.getItem(this.#prefix + name)) ?? undefined;
  }

  /** Answers whether it will be there after a reload. */
  write(name: string, text: string): boolean {
    const set = (storage: Storage): true => {
      storage.setItem(this.#prefix + name, text);
      return true;
    };
    // A full storage may have room when the text before it is gone. That one must go anyway: it is no longer true.
    const isKept =
      this.#attempt(set) ??
      this.#attempt((storage) => {
        storage.removeItem(this.#prefix + name);
        return set(storage);
      }) ??
      false;
    if (isKept) this.#memory.delete(name);
    else this.#memory.set(name, text);
    return isKept;
  }

  remove(name: string): void {
    this.#memory.delete(name);
    this.#attempt((storage) => {
      storage.removeItem(this.#prefix + name);
    });
  }

  /** The names that begin with this. */
  names(beginning: string): string[] {
    const whole = this.#prefix + beginning;
    const names = this.#attempt((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
    );
    return (names ?? []).filter((name) => name.startsWith(whole)).map((name) => name.slice(this.#prefix.length));
  }

  /** Whether an event is about this name, or about everything. */
  concerns(event: StorageEvent, name: string): boolean {
    const isOurs = event.key === null || event.key === this.#prefix + name;
    return isOurs && this.#storage !== undefined && event.storageArea === this.#storage;
  }

  #attempt<T>(call: (storage: Storage) => T): T | undefined {
    try {
      return this.#storage === undefined ? undefined : call(this.#storage);
    } catch {
      return undefined;
    }
  }
}

/** Where things are kept: a session, sign-ins under way, which outlive the page in any case, and what all tabs know. */
export function areas(
  page: Page,
  kind: "session" | "local" | "memory",
  prefix: string,
): { session: Area; signIns: Area; shared: Area } {
  const chosen = kind === "local" ? page.localStorage : page.sessionStorage;
  return {
    session: new Area(kind === "memory" ? undefined : chosen, prefix),
    signIns: new Area(chosen, prefix),
    shared: new Area(page.localStorage, prefix),
  };
}
