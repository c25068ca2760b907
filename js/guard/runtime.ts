import { host } from "#host";
import { load, module } from "#wasm/guard";
import { Core } from "../core/core.js";
import * as glue from "../core/countersign-guard.js";
import type { GuardGlue } from "../core/glue.js";
import { withoutPrototype } from "../options/own.js";

/** The core with what protects an API. It verifies tokens too, so that an API needs no other one. */
export const core: Core<GuardGlue> = /* @__PURE__ */ new Core<GuardGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);
