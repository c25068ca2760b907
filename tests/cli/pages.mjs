// The page of a sign-in on loopback, in browsers: what somebody else has written into an address is shown as text.

import assert from "node:assert/strict";

import { drivers } from "../support/drivers.mjs";
import { foundIn, HARMLESS, MARKUP } from "../support/markup.mjs";
import { program, start } from "./support.mjs";

export async function pageSuite(check, { issuer, whose, env }) {
  for (const [name, begin] of Object.entries(drivers)) {
    await check(`${name}: the page of an error shows texts`, async () => {
      const { newContext, problem } = await begin();
      if (problem !== undefined) return problem;
      const { newPage, close } = await newContext();
      const page = await newPage();
      for (const response of [
        { error: "access_denied", error_description: MARKUP, error_uri: "javascript:pwned=8" },
        { error: MARKUP },
        { code: MARKUP },
        { code: "x", iss: MARKUP },
      ]) {
        const { until, ended } = start(program, ["login", ...whose, "--as", "pages"], {
          env: { ...env, BROWSER: "true" },
        });
        const [url] = await until(/^http\S+$/m);
        const { redirect_uri: redirectUri, state } = Object.fromEntries(new URL(url).searchParams);
        await page.goto(`${redirectUri}?${new URLSearchParams({ iss: issuer, ...response, state })}`);
        assert.deepEqual(await page.evaluate(foundIn), HARMLESS, JSON.stringify(response));
        const shown = await page.evaluate(() => [document.querySelectorAll("h1").length, document.body.textContent]);
        assert.ok(shown[0] === 1 && shown[1].length > 20, shown[1]);
        assert.equal((await ended).code, 1);
      }
      await close();
    });
  }
}
