// Runs in Chromium.

import * as countersign from "countersign";
import { contest, lineUp } from "./contest.mjs";
import { portable } from "./subjects.mjs";

globalThis.bench = async (scene, effort) => {
  await countersign.init();
  const { contestants, absent } = await lineUp(portable(countersign, scene, { sync: false }), scene);
  return { times: await contest(contestants, effort), absent };
};
document.title = "ready";
