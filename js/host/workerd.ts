import { builtinNodeCrypto } from "../engine/native.js";
import { preferWasmAfter } from "../engine/preference.js";
import type { Host } from "./host.js";

export const host: Host = {
  name: "workerd",
  nodeCrypto: builtinNodeCrypto,
  preferWasmAfter: preferWasmAfter.workerd,
  sharesPromises: false,
};
