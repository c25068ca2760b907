// Runs in Chromium.

import * as countersign from "countersign";
import { compare, prepare } from "./runner.mjs";
import { portable } from "./libraries.mjs";

globalThis.bench = async (scenario, effort) => {
  await countersign.init();
  const { libraries, absent } = await prepare(portable(countersign, scenario, { sync: false }), scenario);
  return { times: await compare(libraries, effort), absent };
};
document.title = "ready";
