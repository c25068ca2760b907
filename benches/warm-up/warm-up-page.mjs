// Runs in Chromium, in a new page of a new profile.

import { firstVerifications } from "./warm-up-steps.mjs";

globalThis.warmUp = async (subject, scene) =>
  firstVerifications(await import(new URL(`warm-up-${subject}.js`, document.baseURI).href), scene);
document.title = "ready";
