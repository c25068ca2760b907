// What the documentation takes as given.

/** An access token of https://tenant.example/ for https://api.example. */
declare const jwt: string;
/** An ID token of https://tenant.example/ for the client `my-client`, and the nonce that was sent for it. */
declare const idToken: string;
declare const nonce: string;

/** As `wrangler types` writes it. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "npm:countersign" {
  export * from "countersign";
}
