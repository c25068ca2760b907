// A store in Deno KV, over HTTP. Prints its port.

import { denoKvStore } from "countersign/stores";
import { answer } from "./remote.mjs";

const store = denoKvStore(await Deno.openKv(":memory:"));
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(`listening on ${port}`) }, (request) =>
  answer(store, request),
);
