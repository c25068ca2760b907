import { host } from "#host";
import { load, module } from "#wasm/core";
import { Core } from "./core/core.js";
import * as glue from "./core/countersign.js";
import type { TokensGlue } from "./core/glue.js";
import { withoutPrototype } from "./options/own.js";

// What the public functions for tokens work with. Nothing is loaded until one of them is called.

/** The core of this package on this host. Guards and sign-in have one each, `guard/runtime.ts` and `client/runtime.ts`. */
export const core: Core<TokensGlue> = /* @__PURE__ */ new Core<TokensGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);
