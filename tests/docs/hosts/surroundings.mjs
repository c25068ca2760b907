// What a block finds around it: the issuer at the other end of `fetch`. `world.mjs` is written beside this by run.mjs.

import { tenant } from "./tenant.mjs";
import { privateJwk, tokens } from "./world.mjs";

Object.assign(globalThis, tokens);

let issuer;
const { fetch } = globalThis;
globalThis.fetch = async (url, init) => {
  issuer ??= tenant(privateJwk);
  return (await (await issuer).answer(url, init)) ?? fetch(url, init);
};
