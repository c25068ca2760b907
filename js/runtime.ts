import { host } from "#host";
import { load, module } from "#wasm/core";
import { Core } from "./core/core.js";
import * as glue from "./core/countersign.js";
import { HostEngines } from "./engine/host-engines.js";
import { withoutPrototype } from "./options/own.js";

// What the public functions work with. Nothing is loaded until one of them is called.

/** The core of this package on this host. */
export const core: Core = /* @__PURE__ */ new Core(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);

/** What this host checks signatures with. */
export const engines: HostEngines = /* @__PURE__ */ new HostEngines(/* @__PURE__ */ withoutPrototype(host));

export { host };
