// The stores of Cloudflare, in a Worker, each at the path of its name.

import { CountersignStore, cacheApiStore, d1Store, durableObjectStore, kvStore } from "countersign/stores";
import { answer } from "./remote.mjs";

/** The object, and a look into it. */
export class ProbedStore extends CountersignStore {
  #storage;

  constructor(state) {
    super(state);
    this.#storage = state.storage;
  }

  async fetch(request) {
    if (new URL(request.url).pathname !== "/probe") return super.fetch(request);
    const alarm = await this.#storage.getAlarm();
    await this.alarm();
    const [{ rows }] = this.#storage.sql.exec("SELECT COUNT(*) AS rows FROM countersign_store").toArray();
    return Response.json({ alarm, rows, next: await this.#storage.getAlarm() });
  }
}

export { CountersignStore };

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/kv":
        return answer(kvStore(env.KEYS), request);
      case "/cache":
        return answer(cacheApiStore({ origin: "https://app.example" }), request);
      case "/durable-object":
        return answer(durableObjectStore(env.STORE), request);
      case "/durable-objects":
        return answer(durableObjectStore(env.STORE, { shards: 16 }), request);
      case "/probed":
        return answer(durableObjectStore(env.PROBED), request);
      case "/probe":
        return env.PROBED.get(env.PROBED.idFromName("shard-0")).fetch("https://store.invalid/probe");
      case "/d1":
        return answer(d1Store(env.DB), request);
      default:
        return new Response("no such store", { status: 404 });
    }
  },
};
