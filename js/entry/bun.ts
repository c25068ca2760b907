/** Bun has what the Node entry asks of Node: files, synchronous compilation, and a `node:crypto` that is right. */
export * from "./node.js";
