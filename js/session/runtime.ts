import { host } from "#host";
import { load, module } from "#wasm/session";
import * as glue from "../core/countersign-session.js";
import type { SessionGlue } from "../core/glue.js";
import { WasmInstance } from "../core/wasm-instance.js";
import { withoutPrototype } from "../options/own.js";

/** The rules of sessions. They leave to a client what a client can do, and so what verifies tokens is not here again. */
export const rules: WasmInstance<SessionGlue> = /* @__PURE__ */ new WasmInstance<SessionGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);
