// Of each library's Worker. The clock stands still in there, so that it is measured from outside: POST { scenario } creates a
// verifier, POST { done, count } verifies so many tokens after those that are done.

import { verify } from "./warm-up-steps.mjs";

export function worker({ make, sync }) {
  let check, tokens;
  return {
    async fetch(request) {
      const { scenario, done, count } = await request.json();
      if (scenario !== undefined) {
        check = await make(scenario);
        tokens = scenario.tokens;
      } else {
        await verify(check, sync, tokens, done, count);
      }
      return new Response();
    },
  };
}
