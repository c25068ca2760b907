import { host } from "#host";
import { load, module } from "#wasm/spa";
import { Core } from "../core/core.js";
import * as glue from "../core/countersign-spa.js";
import type { SpaGlue } from "../core/glue.js";
import { withoutPrototype } from "../options/own.js";

/** The core as far as a page needs it that signs users in. */
export const core: Core<SpaGlue> = /* @__PURE__ */ new Core<SpaGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);
