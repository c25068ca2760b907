import type { ClientImpl } from "./client.js";
import type { Client } from "./client-types.js";

const INTERNALS = /* @__PURE__ */ new WeakMap<object, ClientImpl>();

export function register(client: Client, impl: ClientImpl): Client {
  INTERNALS.set(client, impl);
  return client;
}

/** What sessions use of a client beside its public form. `undefined`: it is not one of `createClient`. */
export const internalsOf = (client: object): ClientImpl | undefined => INTERNALS.get(client);
