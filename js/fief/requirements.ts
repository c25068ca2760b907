import { Rules } from "../guard/rules.js";
import { core } from "../guard/runtime.js";
import { oneOf, optional, readOptions, texts } from "../options/readers.js";
import type { FiefAccessTokenInfo, FiefRequirement } from "./types.js";

/** The levels of authentication, from the lowest. */
const LEVELS = ["0", "1"];

const REQUIREMENT = {
  scope: optional(texts),
  acr: optional(oneOf<"0" | "1">("0", "1")),
  permissions: optional(texts),
};

/** What access tokens must have, by the rules of guards. */
export class Requirements {
  readonly #rules: Rules = new Rules(core, { permissions: [["permissions"]] });

  /** What is asked for under another name is a mistake, and not nothing. */
  static read(requirement: FiefRequirement): FiefRequirement {
    return readOptions("validateAccessToken", requirement, REQUIREMENT) as FiefRequirement;
  }

  async check(
    claims: object,
    { scope, acr, permissions }: FiefRequirement,
    accessToken: string,
  ): Promise<FiefAccessTokenInfo> {
    if (!core.isReady) await core.load();
    const wanted = { scope, permissions, acr: acr === undefined ? undefined : LEVELS.slice(LEVELS.indexOf(acr)) };
    const number = this.#rules.require(JSON.stringify(wanted), undefined);
    const json = JSON.stringify(claims);
    try {
      this.#rules.authorize(json, number, Math.floor(Date.now() / 1000));
    } finally {
      this.#rules.release(number);
    }
    const { scopes, permissions: granted } = this.#rules.grants(json);
    const own = (name: string): unknown => (Object.hasOwn(claims, name) ? Reflect.get(claims, name) : undefined);
    const [id, level] = [own("sub"), own("acr")];
    return {
      id: String(id),
      scope: scopes,
      acr: typeof level === "string" ? level : undefined,
      permissions: granted,
      accessToken,
    };
  }
}
