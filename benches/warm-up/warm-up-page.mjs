// Runs in Chromium, in a new page of a new profile.

import { firstVerifications } from "./warm-up-steps.mjs";

globalThis.warmUp = async (library, scenario) =>
  firstVerifications(await import(new URL(`warm-up-${library}.js`, document.baseURI).href), scenario);
document.title = "ready";
