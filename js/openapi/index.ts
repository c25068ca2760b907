/**
 * What an OpenAPI 3.1 document says of a guard: its security schemes, and for an operation the requirement and the
 * responses.
 *
 * @module
 */

import { internalsOf } from "../guard/internals.js";
import type { Guard, Need } from "../guard/types.js";
import { flag, mandatory, optional, readOptions, text, type Reader } from "../options/readers.js";
import { readScopes, scopesOf } from "./scopes.js";
import { components, refusals } from "./responses.js";
import { alternativesOf, demandOf } from "./demand.js";
import { securitySchemes } from "./schemes.js";
import type { AuthorizationCodeEndpoints, OpenApi, OpenApiOptions } from "./types.js";

export type * from "./types.js";

const PREFIX = /^[\w.-]*$/;

const prefix: Reader<string> = (value, label) => {
  if (typeof value === "string" && PREFIX.test(value)) return value;
  throw new TypeError(`${label} must be of letters, digits, "_", "." and "-"`);
};

const endpoints: Reader<AuthorizationCodeEndpoints> = (value, label) => {
  const { refreshUrl, ...others } = readOptions(label, value, {
    authorizationUrl: mandatory(text, "https://tenant.example/authorize"),
    tokenUrl: mandatory(text, "https://tenant.example/token"),
    refreshUrl: optional(text),
  });
  return { ...others, ...(refreshUrl !== undefined && { refreshUrl }) };
};

/**
 * Describes a guard in the objects of OpenAPI 3.1, for a document that your framework or you write. Nothing is fetched.
 *
 * @throws TypeError for what is no guard, and for options that are unknown or impossible.
 *
 * @example
 * ```ts
 * const api = openApi(guard);
 * const document = {
 *   openapi: "3.1.0",
 *   info: { title: "Notes", version: "1" },
 *   components: api.components,
 *   paths: {
 *     "/notes": { get: api.operation({ scope: "notes:read" }, { responses: { 200: { description: "The notes" } } }) },
 *   },
 * };
 * ```
 */
export function openApi(guard: Guard<unknown>, options: OpenApiOptions = {}): OpenApi {
  const internals = internalsOf("openApi", guard);
  const read = readOptions("openApi", options, {
    prefix: optional(prefix),
    scopes: optional(readScopes),
    authorizationCode: optional(endpoints),
    openIdConnect: optional(flag),
  });
  const name = read.prefix ?? "";
  const { description } = internals;
  const scopes = scopesOf(description.options, read.scopes);
  const schemes = securitySchemes(description.options, name, read, scopes);
  const noteScopes = (names: readonly string[]): void => {
    for (const scope of names) if (!Object.hasOwn(scopes, scope)) scopes[scope] = "";
  };
  noteScopes(demandOf(description).all);

  const operation = (...given: readonly [need?: Need, own?: Record<string, unknown>]): unknown => {
    const route = given.length === 0 ? internals : internals.within("operation", given[0]);
    const demand = demandOf(route.description);
    if (route !== internals) route.free();
    noteScopes(demand.all);
    const { responses: ownResponses, ...own } = given[1] ?? {};
    return {
      ...own,
      security: alternativesOf(demand, Object.keys(schemes)),
      responses: { ...refusals(demand, name), ...(ownResponses as object | undefined) },
    };
  };
  return Object.freeze({ components: components(schemes, name), operation }) as OpenApi;
}
