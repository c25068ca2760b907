/** The one thing of Node that is used here; see `js/host/node-builtins.d.ts`. */
declare module "node:stream/promises" {
  export function pipeline(from: object, to: object): Promise<void>;
}
