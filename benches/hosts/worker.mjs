// Runs in workerd, where the clock stands still, so that it is measured from outside. POST { scenario } makes the libraries
// and answers their names; POST { id, name, times } verifies so many times.

import * as countersign from "countersign";
import { prepare } from "./runner.mjs";
import { portable } from "./libraries.mjs";

const scenarios = new Map();

export default {
  async fetch(request) {
    const { scenario, id, name, times } = await request.json();
    if (scenario) {
      const { libraries, absent } = await prepare(portable(countersign, scenario, { sync: false }), scenario);
      scenarios.set(scenario.id, libraries);
      return Response.json({ names: libraries.map((library) => library.name), absent });
    }
    const chosen = scenarios.get(id).find((library) => library.name === name);
    await chosen.run(times);
    return new Response();
  },
};
