// The examples that no other suite has, over the packed package:  node tests/examples/run.mjs

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { auth0Api } from "./auth0-api.mjs";
import { express } from "./express.mjs";
import { passwordForm } from "./password-form.mjs";
import { workerSocial } from "./worker-social.mjs";

let passed = 0;
const failures = [];

async function check(what, test) {
  try {
    await test();
    passed += 1;
  } catch (error) {
    failures.push(`${what}\n        ${error.stack ?? error}`);
  }
}

try {
  for (const example of [workerSocial, express, auth0Api, passwordForm]) await example(check);
} catch (error) {
  failures.push(error.stack);
} finally {
  await endAll();
}
summarize({ passed, failures });
