/** Bun has what the Node entry asks of Node: `node:crypto`, files, and synchronous compilation. */
export * from "./node.js";
