// What differs between the hosts. Everything that is not named here must be the same on all of them.

/**
 * - `program`: what runs the suite.
 * - `release`: of workerd, by the names in support/workerd.mjs; the newest unless it says otherwise.
 * - `compatibilityFlags`: what workerd is told to switch on.
 * - `simd`: false to hide it from the package, which then takes its build for engines without.
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
  firefox: { program: "firefox", init: true },
};
