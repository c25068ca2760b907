/**
 * `countersign/guard` protects the routes of an API: the access token of each request is verified and compared with what the
 * route needs.
 *
 * All of it is one wasm file, `guard.wasm`, which is the core of the root entry with guards. So an API takes `createVerifier`
 * from here too, and loads one core.
 *
 * @module
 */

import { builtIn, loadBoth } from "../built-in.js";
import type { InitSource } from "../core/init-source.js";
import { engines } from "../engines.js";
import { byOptions, CoreInstance } from "../core/instance.js";
import { discoverBy } from "../jwks/discovery.js";
import type { discover as Discover } from "../jwks/index.js";
import type { DiscoveryOptions } from "../jwks/metadata.js";
import type { Engine } from "../engine/preference.js";
import { create, createWithSecret } from "../verifier/create.js";
import type { createVerifier as CreateVerifier } from "../verifier/index.js";
import type { SharedSecretVerifierOptions, VerifierOptions } from "../verifier/option-types.js";
import { readVerifierOptions } from "../verifier/options.js";
import type { createSharedSecretVerifier as CreateSharedSecretVerifier } from "../verifier/shared-secret.js";
import { GuardImpl } from "./guard.js";
import { joinedFields, register } from "./internals.js";
import { isSafe } from "./endpoint.js";
import { Introspection } from "./introspection.js";
import { addNonce } from "./nonce.js";
import { answerVerifier } from "./signed.js";
import { verifiersOf } from "./issuers.js";
import { readGuardOptions, type ReadGuardOptions, type ReadVerifier } from "./options.js";
import { Proofs } from "./proofs.js";
import { Rules } from "./rules.js";
import { core } from "./runtime.js";
import { isPromise } from "../wait.js";
import type { Auth, Guard, GuardOptions, GuardRequest, Need } from "./types.js";

export { CountersignError } from "../errors.js";
export type { InitSource } from "../core/init-source.js";
export type * from "../verifier/option-types.js";
export type * from "../verifier/types.js";
export { fromAuthorization, fromCookie, fromHeader, fromWebSocket } from "./sources.js";
export type { TokenSource } from "./sources.js";
export type * from "./types.js";

/**
 * Makes a guard for the routes of an API (RFC 6750). It takes access tokens of one issuer, or those of a `verifier`.
 *
 * A request without a token, or with one that is not enough, never reaches a handler: it is answered with 400, 401 or 403
 * and a challenge. While a token cannot be judged, because keys cannot be had, say, the answer is 503 or 500, never 401.
 *
 * @throws TypeError for options that are missing, unknown or impossible. The message says what to write instead.
 *
 * @example A Worker
 * ```ts
 * const guard = createGuard({ issuer: "https://tenant.example/", resource: "https://api.example" });
 *
 * export default {
 *   fetch: guard.protect({ scope: "notes:read" }, (request, auth) => Response.json({ hello: auth.subject })),
 * };
 * ```
 */
export function createGuard(options: GuardOptions): Guard {
  const read = readGuardOptions(options);
  const rules = new Rules(core, read.core, read.dpop?.nonceSecret);
  const verifiers = verifiersOf(verifierOf(read), read.now);
  return publicGuard(new GuardImpl(rules, read, verifiers, proofsOf(read, rules), introspectionOf(read)));
}

/** Makes a verifier for the tokens of one issuer, as `createVerifier` of the root entry does, on the core of this one. */
export const createVerifier: typeof CreateVerifier = (options: VerifierOptions) => create(core, options, builtIn);

/** The same for tokens that are authenticated with a secret, as `createSharedSecretVerifier` of the root entry does. */
export const createSharedSecretVerifier: typeof CreateSharedSecretVerifier = (options: SharedSecretVerifierOptions) =>
  createWithSecret(core, options);

/** Fetches and checks the metadata of an authorization server, as `discover` of the root entry does. */
export const discover: typeof Discover = (issuer, options) => discoverBy(core, issuer, options);

/**
 * Loads the core with guards now rather than at first use, and the engine for signatures with it.
 *
 * Guards load it by themselves: it is for synchronous functions in browsers, and for hosts where the files of the package are
 * not to be had. The core of the root entry is another one, with its own `init`.
 *
 * @param source The core, where the one of the package is not to be had: a module, its bytes, a response, or where to
 *   fetch it. Of no effect once the core is loaded.
 * @param engine The engine, likewise.
 * @returns A promise that rejects with a CountersignError `core_unavailable` if the core cannot be fetched or compiled.
 *
 * @example
 * ```ts
 * await init(new URL("countersign/guard.wasm", import.meta.url), new URL("countersign/engine.wasm", import.meta.url));
 * ```
 */
export const init = async (source?: InitSource, engine?: InitSource): Promise<void> => loadBoth(core, source, engine);

function introspectionOf(read: ReadGuardOptions): Introspection | undefined {
  const { introspection, others } = read;
  if (introspection === undefined) return undefined;
  // These were read where the verifier was made of them.
  const { issuer, fetch, metadataUri, allowInsecureHosts } = others as { readonly issuer?: string } & DiscoveryOptions;
  if (issuer === undefined || others["issuerVariable"] !== undefined) {
    throw new TypeError('createGuard: option "introspection" goes with one "issuer": it is asked about the tokens');
  }
  const { endpoint } = introspection;
  if (endpoint !== undefined && !isSafe(endpoint, allowInsecureHosts)) {
    throw new TypeError('createGuard: option "introspection": option "endpoint" must be a URL with https');
  }
  const rules = new CoreInstance(
    core,
    byOptions(core, readVerifierOptions(verifierOptionsOf(read)).core, undefined),
    undefined,
  );
  return new Introspection(core, rules, {
    ...introspection,
    issuer,
    verifier: introspection.signed === true ? answerVerifier(others, introspection.clientId) : undefined,
    ...(fetch && { fetch }),
    ...(metadataUri !== undefined && { metadataUri }),
    ...(allowInsecureHosts && { allowInsecureHosts }),
  });
}

function proofsOf({ dpop, others, resource }: ReadGuardOptions, rules: Rules): Proofs | undefined {
  if (dpop === undefined) return undefined;
  // It was read where the verifier was made of it.
  const engine = (others["engine"] ?? "auto") as Engine;
  return new Proofs(core, rules, engines.for(engine, builtIn), dpop.replay, resource !== undefined);
}

function verifierOptionsOf({ others, resource }: ReadGuardOptions): VerifierOptions {
  const audience = resource === undefined || Object.hasOwn(others, "binding") ? {} : { audience: resource };
  return { ...audience, ...others } as unknown as VerifierOptions;
}

function verifierOf(read: ReadGuardOptions): ReadVerifier {
  const { verifier, others } = read;
  if (verifier === undefined) {
    if (Object.hasOwn(others, "acceptMissingIssuer")) {
      throw new TypeError('createGuard: option "acceptMissingIssuer" is for createVerifier alone: a guard needs "iss"');
    }
    return createVerifier(verifierOptionsOf(read));
  }
  const stray = Object.keys(others).find((name) => name !== "now" && name !== "clockTolerance");
  if (stray !== undefined) {
    throw new TypeError(
      `createGuard: option ${JSON.stringify(stray)} goes to createVerifier, where there is a "verifier"`,
    );
  }
  return verifier;
}

function publicGuard(guard: GuardImpl): Guard {
  const made = Object.freeze({
    protect(needOrHandler: unknown, handler?: unknown) {
      const route = handler === undefined ? guard : guard.within("protect", needOrHandler);
      const run = (handler ?? needOrHandler) as (
        request: GuardRequest,
        auth: Auth | undefined,
        ...rest: unknown[]
      ) => unknown;
      if (typeof run !== "function") throw new TypeError("protect takes a need and a handler, or a handler alone");
      return async (request: GuardRequest, ...rest: unknown[]): Promise<unknown> => {
        const isPreflight = route.isPreflight(request);
        // What grants nothing: a preflight has no credentials.
        if (isPreflight !== false && (await isPreflight)) return new Response(null, { status: 204 });
        let judged = route.authenticate(request, joinedFields(request));
        if (isPromise(judged)) judged = await judged;
        if (!judged.ok) return route.answer(judged.refusal, request);
        const answer = await run(request, judged.auth, ...rest);
        addNonce(answer, judged.auth?.dpopNonce);
        return answer;
      };
    },
    async authenticate(request: GuardRequest, ...needs: readonly unknown[]) {
      if (needs.length === 0) return guard.authenticate(request, joinedFields(request));
      const inner = guard.within("authenticate", needs[0]);
      try {
        return await inner.authenticate(request, joinedFields(request));
      } finally {
        inner.free();
      }
    },
    with: (need: Need) => publicGuard(guard.within("with", need)),
    metadataResponse: guard.metadataResponse.bind(guard),
    ready: guard.ready.bind(guard),
  }) as unknown as Guard;
  return register(made, guard);
}
