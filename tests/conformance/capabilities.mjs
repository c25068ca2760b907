// What differs between the hosts. Everything that is not named here must be the same on all of them.

const mlDsa = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];

/**
 * - `program`: what runs the suite.
 * - `release`: of workerd, by the names in support/workerd.mjs; the newest unless it says otherwise.
 * - `compatibilityFlags`: what workerd is told to switch on.
 * - `simd`: false to hide it from the package, which then takes its build for engines without.
 * - `entry`: the entry point whose verifiers are tested, `countersign` unless it says otherwise. Sign-in is that of
 *   `countersign/client` everywhere.
 * - `slim`: the entry has no engine of its own. `sync`: the host verifies synchronously.
 *   `lacks`: algorithms that the host has not either, so that a token with a well-formed signature is
 *   `engine_unavailable`. `refuses`: cases whose sound key the host does not take, which come to the same (workerd: RSA
 *   exponents other than 65537).
 * - `init`: synchronous functions want `await init()` first, for a browser compiles wasm asynchronously.
 * - `loopback`: it may fetch from this machine, and so signs in at a real server. workerd may not, nor a page of another
 *   origin.
 */
export const capabilities = {
  node: { program: "node", init: false, loopback: true },
  deno: { program: "deno", init: false, loopback: true },
  bun: { program: "bun", init: false, loopback: true },
  workerd: { program: "workerd", init: false },
  "workerd-nodejs-compat": { program: "workerd", compatibilityFlags: ["nodejs_compat"], init: false },
  "workerd-oldest": { program: "workerd", release: "oldest", init: false },
  "workerd-oldest-nodejs-compat": {
    program: "workerd",
    release: "oldest",
    compatibilityFlags: ["nodejs_compat"],
    init: false,
  },
  chromium: { program: "chromium", init: true },
  "chromium-scalar": { program: "chromium", simd: false, init: true },
  "node-client": { program: "node", entry: "countersign/client", init: false },
  "node-slim": {
    program: "node",
    entry: "countersign/slim",
    slim: { sync: true, lacks: mlDsa },
    init: false,
    loopback: true,
  },
  "workerd-slim": {
    program: "workerd",
    entry: "countersign/slim",
    slim: { sync: false, lacks: ["ES256K", ...mlDsa], refuses: ["D5-e-large-but-another"] },
    init: false,
  },
  "chromium-slim": {
    program: "chromium",
    entry: "countersign/slim",
    slim: { sync: false, lacks: ["ES256K", ...mlDsa] },
    init: true,
  },
  firefox: { program: "firefox", init: true },
};
