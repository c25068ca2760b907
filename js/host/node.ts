import * as crypto from "node:crypto";
import { preferWasmAfter } from "../engine/preference.js";
import type { Host } from "./host.js";

export const host: Host = {
  name: "node",
  nodeCrypto: () => crypto,
  preferWasmAfter: preferWasmAfter.node,
  sharesPromises: true,
};
