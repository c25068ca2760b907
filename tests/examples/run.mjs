// The examples that no other suite has, over the packed package:  node tests/examples/run.mjs [NAME]

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { auth0Api } from "./auth0-api.mjs";
import { express } from "./express.mjs";
import { passwordForm } from "./password-form.mjs";
import { socialBrowsers } from "./social-browsers.mjs";
import { workerSocial } from "./worker-social.mjs";

let passed = 0;
let skipped = 0;
const failures = [];

async function check(what, test) {
  try {
    await test();
    passed += 1;
    return true;
  } catch (error) {
    failures.push(`${what}\n        ${error.stack ?? error}`);
    return false;
  }
}

function skip(why) {
  console.log(`skipped: ${why}`);
  skipped += 1;
}

try {
  const examples = { workerSocial, socialBrowsers, express, auth0Api, passwordForm };
  const only = process.argv[2];
  for (const [name, example] of Object.entries(examples)) {
    if (only === undefined || only === name) await example(check, skip);
  }
} catch (error) {
  failures.push(error.stack);
} finally {
  await endAll();
}
summarize({ passed, failures, skipped });
