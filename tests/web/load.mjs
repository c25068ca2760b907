// Refreshing under load, as often as the argument says, for all applications or some:
//   node tests/web/load.mjs [ROUNDS [NAME…]]

import { createSuite } from "../support/suite.mjs";
import { refreshing } from "./refreshing.mjs";

const rounds = Number(process.argv[2] ?? 10);
const { check, run, counts } = createSuite();

await run(async () => {
  counts.skipped = await refreshing(check, rounds, process.argv.slice(3));
});
