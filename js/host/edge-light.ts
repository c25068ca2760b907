import type { Host } from "./host.js";

export const host: Host = { name: "edge-light", sharesPromises: false };
