import { load, module } from "#wasm/spa";
import type { Platform } from "../client/sign-in.js";
import { Core } from "../core/core.js";
import * as glue from "../core/countersign-spa.js";
import type { SpaGlue } from "../core/glue.js";
import type { Engines } from "../engine/signatures.js";
import { WebCryptoEngine } from "../engine/webcrypto.js";
import type { Host } from "../host/host.js";
import { withoutPrototype } from "../options/own.js";
import { LateEngine } from "./late-engine.js";

/** A page is in a browser, whatever a bundler makes of that. It needs nothing of other hosts. */
const host: Host = { name: "browser", sharesPromises: true };

/** The core as far as a page needs it that signs users in. */
export const core: Core<SpaGlue> = /* @__PURE__ */ new Core<SpaGlue>(
  /* @__PURE__ */ withoutPrototype({ glue, host: host.name, module, load }),
);

let engines: Engines | undefined;

/** What checks ID tokens: WebCrypto, and the engine in wasm for what it has not, or where it is not. */
function pageEngines(): Engines {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  return (engines ??= {
    sync: undefined,
    async: subtle && new WebCryptoEngine(subtle),
    wasm: new LateEngine(),
    hostTurns: undefined,
  });
}

/** What the client of a page runs on. */
export const platform: Platform<SpaGlue> = { core, host, engines: pageEngines };
