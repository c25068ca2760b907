/** Where an artifact comes from on this host. With neither, the host has no WebAssembly. */
export interface WasmSource {
  /** The compiled artifact, where it can be had at once. */
  readonly module: (() => WebAssembly.Module) | undefined;
  /** Fetches and compiles it. */
  readonly load: (() => Promise<WebAssembly.Module>) | undefined;
}

/** Makes a module out of what the user gave. */
export type Compile = (given: unknown) => Promise<WebAssembly.Module>;

/** Makes an instance where that may take time. */
export type Instantiate = (module: WebAssembly.Module, imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>;
