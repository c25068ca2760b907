import { bindingKey, type BindingKey } from "../client/dpop.js";
import { keptIn } from "../client/key-store.js";
import type { Core } from "../core/core.js";

/** The key that binds tokens of this client, which is kept for all tabs where there is IndexedDB. */
export const pageKey = async (core: Core, name: string, database: IDBFactory | undefined): Promise<BindingKey> =>
  bindingKey(core, name, { key: undefined, alg: undefined, store: database && keptIn(database) });
