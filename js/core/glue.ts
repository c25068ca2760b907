import type { WasmSource } from "../wasm/source.js";

// The wasm-bindgen glue of the artifacts: one instance at a time lives behind each.

/** What the glue of each has. */
export type InstanceGlue = typeof import("./glue-instance.js");

/** The glue of those that verify tokens. */
export type VerifierGlue = typeof import("./glue-verifier.js");

/** The glue of those whose verifiers are made by options. */
export type OptionsGlue = typeof import("./glue-options.js");

/** The glue of those that read tokens and keys as they are, too. */
export type TokensGlue = typeof import("./countersign.js");

/** The glue of the artifact that protects APIs. */
export type GuardGlue = typeof import("./countersign-guard.js");

/** The glue of those that sign users in. */
export type SignInGlue = typeof import("./glue-client.js");

/** The glue of the artifact that signs users in on pages. */
export type SpaGlue = typeof import("./countersign-spa.js");

/** The glue of the artifact with all of sign-in. */
export type AuthGlue = typeof import("./countersign-auth.js");

/** The glue of the artifact with the sessions of web applications. */
export type SessionGlue = typeof import("./countersign-session.js");

/** Where an artifact comes from. */
export interface GlueSource<G extends InstanceGlue> extends WasmSource {
  readonly glue: G;
  /** The host's name, for messages. */
  readonly host: string;
}
