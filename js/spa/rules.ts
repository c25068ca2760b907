import type { Core } from "../core/core.js";
import type { SpaGlue } from "../core/glue.js";

/** What to do for an access token. */
export type Step = "use" | "refresh" | "refresh-early" | "missing" | "end";

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

  /** The state of a response to one of these sign-ins; empty for one that is stray, `undefined` for whatever else. */
  arrival(address: string, redirectUri: string, states: readonly string[]): string | undefined {
    return this.#core.run((glue) => glue.pageArrival(address, redirectUri, this.#issuer, states.join("\n")));
  }

  deadSignIns(ends: readonly number[], now: number): readonly number[] {
    return JSON.parse(this.#core.run((glue) => glue.deadSignIns(ends.join("\n"), now))) as number[];
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
    return this.#core.run((glue) => glue.resourceAt(address, resources.join("\n")));
  }

  providerOffset(idToken: string, now: number): number {
    return this.#core.run((glue) => glue.providerOffset(idToken, now));
  }
}
