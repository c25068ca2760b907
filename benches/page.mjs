// Runs in Chromium.

import * as countersign from "countersign";
import { contest } from "./contest.mjs";
import { bareWebCrypto, jose, ours } from "./subjects.mjs";

globalThis.bench = async (sample, effort) => {
  await countersign.init();
  const contestants = [...(await ours(countersign, sample)), await jose(sample)];
  if (sample.jwk) contestants.push(await bareWebCrypto(sample));
  return contest(contestants, effort);
};
document.title = "ready";
