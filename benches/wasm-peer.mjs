// The Rust crate jsonwebtoken in wasm, as wasm-pack builds it for Node.

import { createRequire } from "node:module";

/** `file` is the module that wasm-pack made. */
export function jsonwebtokenInWasm(file) {
  const { Checker } = createRequire(import.meta.url)(file);
  return ({ algorithm, jwk, secret, issuer, audience }) => {
    const checker = new Checker(algorithm, secret ?? JSON.stringify(jwk), issuer, audience);
    const check = (token) => JSON.parse(checker.check(token) ?? "null");
    return { name: "jsonwebtoken (Rust) in wasm", sync: true, check };
  };
}
