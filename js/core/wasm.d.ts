/** What workerd and its bundlers make of a wasm import. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** The same on Vercel's edge runtime, which wants it asked for. */
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
