import { builtinNodeCrypto, isWorkerd } from "../engine/native.js";
import { preferWasmAfter } from "../engine/preference.js";
import type { Host } from "./host.js";

/** Browsers, and whatever bundlers make for hosts that they do not name. So what is there is looked for. */
export const host: Host = {
  name: "browser",
  nodeCrypto: builtinNodeCrypto,
  preferWasmAfter: preferWasmAfter.browser,
  sharesPromises: !isWorkerd(),
};
