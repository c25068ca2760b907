// Of each subject's Worker. The clock stands still in there, so that it is measured from outside: POST { scene } creates a
// verifier, POST { done, count } verifies so many tokens after those that are done.

import { verify } from "./warm-up-steps.mjs";

export function worker({ make, sync }) {
  let check, tokens;
  return {
    async fetch(request) {
      const { scene, done, count } = await request.json();
      if (scene !== undefined) {
        check = await make(scene);
        tokens = scene.tokens;
      } else {
        await verify(check, sync, tokens, done, count);
      }
      return new Response();
    },
  };
}
