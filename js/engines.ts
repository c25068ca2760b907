import { host } from "#host";
import { HostEngines } from "./engine/host-engines.js";
import { withoutPrototype } from "./options/own.js";

/** What this host checks signatures with. */
export const engines: HostEngines = /* @__PURE__ */ new HostEngines(/* @__PURE__ */ withoutPrototype(host));

export { host };
