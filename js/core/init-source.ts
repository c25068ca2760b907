import type { GlobalFetch } from "../fetch.js";

type GlobalUrl = typeof globalThis extends { URL: { prototype: infer Instance } } ? Instance : never;

type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Instance } } }
  ? Instance
  : never;

/** What {@link init} takes: a compiled module, its bytes, or where to fetch it. */
export type InitSource =
  | WasmModule
  | GlobalUrl
  | GlobalFetch["response"]
  | Promise<GlobalFetch["response"]>
  | ArrayBuffer
  | Uint8Array
  | string;
