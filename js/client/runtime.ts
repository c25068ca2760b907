import { host } from "#host";
import { load, module } from "#wasm/auth";
import { Core } from "../core/core.js";
import * as glue from "../core/countersign-auth.js";
import type { AuthGlue } from "../core/glue.js";
import { withoutPrototype } from "../options/own.js";

/** The core with sign-in. It verifies tokens too, so that who signs users in needs no other one. */
export const core: Core<AuthGlue> = /* @__PURE__ */ new Core<AuthGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);
