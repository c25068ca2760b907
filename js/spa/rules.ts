import type { Core } from "../core/core.js";
import type { SpaGlue } from "../core/glue.js";

/** What to do for an access token. */
export type Step = "use" | "refresh" | "refresh-early" | "missing" | "end";

/** What brought the browser to an address. */
export type Arrival =
  { readonly kind: "response"; readonly state: string } | { readonly kind: "stray" } | { readonly kind: "other" };

/** The core's rules for a page of one client. They are synchronous, and want the core loaded. */
export class Rules {
  readonly #core: Core<SpaGlue>;
  readonly #issuer: string;
  readonly #clientId: string;

  constructor(core: Core<SpaGlue>, issuer: string, clientId: string) {
    this.#core = core;
    this.#issuer = issuer;
    this.#clientId = clientId;
  }

  arrival(address: string, redirectUri: string, states: readonly string[]): Arrival {
    const options = JSON.stringify({ address, redirectUri, issuer: this.#issuer, states });
    return JSON.parse(this.#core.run((glue) => glue.pageArrival(options))) as Arrival;
  }

  deadSignIns(ends: readonly number[], now: number): readonly number[] {
    return [...this.#core.run((glue) => glue.deadSignIns(Float64Array.from(ends), now))];
  }

  /** `undefined`: the record is no session. */
  step(record: string, resource: string, now: number): Step | undefined {
    const step = this.#core.run((glue) => glue.pageStep(record, this.#issuer, this.#clientId, resource, now));
    return step as Step | undefined;
  }

  /** When the session ends by itself, if it does. */
  end(record: string): number | undefined {
    return this.#core.run((glue) => glue.pageSessionEnd(record, this.#issuer, this.#clientId));
  }

  afterFailure(code: string, answer: string | undefined, usable: boolean): "use" | "fail" | "refused" | "end" {
    const after = this.#core.run((glue) => glue.afterFailure(code, answer, usable));
    return after as "use" | "fail" | "refused" | "end";
  }

  /** Whether the server gives no token for the resources that were named. */
  isResourceRefused(code: string, answer: string | undefined): boolean {
    return this.afterFailure(code, answer, false) === "refused";
  }

  /** The index of the resource that an address is of, all with origin and path alone. */
  resourceAt(address: string, resources: readonly string[]): number | undefined {
    const list = JSON.stringify({ list: resources });
    return this.#core.run((glue) => glue.resourceAt(address, list));
  }

  providerOffset(idToken: string, now: number): number {
    return this.#core.run((glue) => glue.providerOffset(idToken, now));
  }
}
