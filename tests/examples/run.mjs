// The examples that no other suite has, over the packed package:  node tests/examples/run.mjs [NAME]

import { createSuite } from "../support/suite.mjs";
import { auth0Api } from "./auth0-api.mjs";
import { express } from "./express.mjs";
import { passwordForm } from "./password-form.mjs";
import { socialBrowsers } from "./social-browsers.mjs";
import { workerSocial } from "./worker-social.mjs";
import { workerStarlette } from "./worker-starlette.mjs";

const { check, skip, run } = createSuite();

await run(async () => {
  const examples = { workerSocial, socialBrowsers, express, auth0Api, passwordForm, workerStarlette };
  const only = process.argv[2];
  for (const [name, example] of Object.entries(examples)) {
    if (only === undefined || only === name) await example(check, skip);
  }
});
