import { withoutPrototype } from "./options/own.js";
import { Core } from "./core/core.js";
import { discover } from "./jwks/discovery.js";
import { HostEngines } from "./engine/host-engines.js";
import type { InitSource } from "./core/init-source.js";
import type { Host } from "./host/host.js";
import { decodeUnverified, thumbprint } from "./verifier/decode.js";
import {
  createAuthorizationRequest,
  createPkcePair,
  createTokenRequest,
  parseAuthorizationResponse,
  parseTokenResponse,
} from "./client/requests.js";
import { createSharedSecretVerifier, createVerifier } from "./verifier/verifier.js";

/** The public functions, as `index.ts` declares them. */
export type Countersign = Omit<typeof import("./index.js"), "CountersignError">;

/** Makes the public functions for one host. Nothing is loaded until one of them is called. */
export function bind(given: Host): Countersign {
  const host = withoutPrototype(given);
  const core = new Core(host);
  const engines = new HostEngines(host);
  const api: { [Name in keyof Countersign]: (...args: never[]) => unknown } = {
    createVerifier: (options: unknown) => createVerifier(host, core, engines, options),
    createSharedSecretVerifier: (options: unknown) => createSharedSecretVerifier(host, core, options),
    decodeUnverified: (jwt: unknown) => decodeUnverified(core, jwt),
    thumbprint: (jwk: unknown) => thumbprint(core, jwk),
    createPkcePair: () => createPkcePair(core),
    discover: (issuer: unknown, options: unknown) => discover(core, issuer, options),
    createAuthorizationRequest: (options: unknown) => createAuthorizationRequest(core, options),
    parseAuthorizationResponse: (response: unknown, transaction: unknown) =>
      parseAuthorizationResponse(core, response, transaction),
    createTokenRequest: (options: unknown) => createTokenRequest(core, options),
    parseTokenResponse: (status: unknown, body: unknown, options: unknown) =>
      parseTokenResponse(core, status, body, options),
    init: (source?: InitSource) => core.load(source),
  };
  return api as Countersign;
}
