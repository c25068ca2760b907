import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { bind, type Countersign } from "../bind.js";
import * as glue from "../core/countersign.js";
import { preferWasmAfter } from "../engine/preference.js";

const api = /* @__PURE__ */ bind({
  glue,
  module: () => new WebAssembly.Module(readFileSync(new URL("../core/countersign.wasm", import.meta.url))),
  nodeCrypto: () => crypto,
  preferWasmAfter: preferWasmAfter.deno,
  sharesPromises: true,
});

export const createVerifier: Countersign["createVerifier"] = api.createVerifier;
export const createSharedSecretVerifier: Countersign["createSharedSecretVerifier"] = api.createSharedSecretVerifier;
export const decodeUnverified: Countersign["decodeUnverified"] = api.decodeUnverified;
export const thumbprint: Countersign["thumbprint"] = api.thumbprint;
export const createPkcePair: Countersign["createPkcePair"] = api.createPkcePair;
export const discover: Countersign["discover"] = api.discover;
export const createAuthorizationRequest: Countersign["createAuthorizationRequest"] = api.createAuthorizationRequest;
export const parseAuthorizationResponse: Countersign["parseAuthorizationResponse"] = api.parseAuthorizationResponse;
export const createTokenRequest: Countersign["createTokenRequest"] = api.createTokenRequest;
export const parseTokenResponse: Countersign["parseTokenResponse"] = api.parseTokenResponse;
export const init: Countersign["init"] = api.init;
export { CountersignError } from "../errors.js";
export type * from "../index.js";
