// Runs in workerd: POST { sample, name, times } and it verifies so many times. The clock stands still in here, so run.mjs
// measures from outside.

import * as countersign from "countersign";
import { bareWebCrypto, jose, ours } from "./subjects.mjs";

const contestants = new Map(); // By algorithm.

export default {
  async fetch(request) {
    const { sample, name, times } = await request.json();
    let made = contestants.get(sample.algorithm);
    if (!made) {
      made = [
        ...(await ours(countersign, sample)),
        await jose(sample),
        ...(sample.jwk ? [await bareWebCrypto(sample)] : []),
      ];
      contestants.set(sample.algorithm, made);
    }
    if (name === undefined) return Response.json(made.map((contestant) => contestant.name));
    await made.find((contestant) => contestant.name === name).run(times);
    return new Response();
  },
};
