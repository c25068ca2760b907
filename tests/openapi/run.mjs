// examples/hono in a real browser: Swagger UI reads the document, "Authorize" signs in with PKCE, and the routes answer.
//
//   node tests/openapi/run.mjs

import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { installPackage, root, target } from "../support/package.mjs";
import { atEnd, endAll, startServer } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { clientId, resource, startProvider } from "./provider.mjs";

const folder = path.join(target, "openapi-tests");

if (!chromiumProgram()) {
  console.log("skipped: no Chromium on this machine (set CHROME to its path)");
  summarize({ passed: 0, skipped: 1 });
} else {
  // oidc-provider says in warnings what development is for.
  console.warn = () => undefined;
  console.info = () => undefined;
  try {
    await main();
  } finally {
    await endAll();
  }
}

async function main() {
  const { issuer, close } = await startProvider();
  atEnd(close);
  const docs = await startExample(issuer);
  const { browser } = await startChromium();
  const { check: test, counts } = createSuite();

  await test("the document is OpenAPI 3.1", async () => {
    const document = await (await fetch(new URL("../openapi.json", docs))).json();
    const { valid, errors } = await new Validator().validate(document);
    assert.equal(valid, true, JSON.stringify(errors));
    const { oauth2 } = document.components.securitySchemes;
    assert.equal(oauth2.flows.authorizationCode.tokenUrl, `${issuer}/token`);
  });

  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(10_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(docs);

  const statuses = async () => {
    const found = {};
    for (const [method, route] of [
      ["get", "/hello"],
      ["get", "/me"],
      ["get", "/notes"],
      ["post", "/notes"],
      ["delete", "/notes"],
    ])
      found[`${method} ${route}`] = await execute(page, method, route);
    return found;
  };

  await test("without a token", async () => {
    assert.deepEqual(await statuses(), {
      "get /hello": "200",
      "get /me": "401",
      "get /notes": "401",
      "post /notes": "401",
      "delete /notes": "401",
    });
  });

  await test("Authorize signs in with PKCE, for one scope", async () => {
    const request = await authorize(page, { account: "alice", scopes: ["notes:read"] });
    assert.equal(request.get("code_challenge_method"), "S256");
    assert.match(request.get("code_challenge"), /^[\w-]{43}$/);
    assert.deepEqual([request.get("client_id"), request.get("scope")], [clientId, "notes:read"]);
    await page.screenshot({ path: path.join(folder, "authorized.png") });
    assert.deepEqual(await statuses(), {
      "get /hello": "200",
      "get /me": "200",
      "get /notes": "200",
      "post /notes": "403",
      "delete /notes": "403",
    });
    await page.screenshot({ path: path.join(folder, "answers.png"), fullPage: true });
  });

  await test("another account, for the scope that implies the other, and with a permission", async () => {
    await page.context().clearCookies();
    await page.reload();
    await authorize(page, { account: "admin", scopes: ["notes:write"] });
    assert.deepEqual(await statuses(), {
      "get /hello": "200",
      "get /me": "200",
      "get /notes": "200",
      "post /notes": "201",
      "delete /notes": "204",
    });
  });

  // Refusals are lines of the console.
  await test("nothing is wrong in the page", () => {
    assert.deepEqual(
      errors.filter((text) => !/status of 40[13]/.test(text)),
      [],
    );
  });
  summarize(counts);
}

async function startExample(issuer) {
  await installPackage(folder);
  const example = path.join(folder, "hono");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/hono"), example, {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  });
  const { answer } = await startServer(process.execPath, [path.join(example, "server.mjs")], {
    log: path.join(folder, "hono.log"),
    env: { ...process.env, ISSUER: issuer, RESOURCE: resource, CLIENT_ID: clientId, PORT: "0" },
    ready: (line) => (line.startsWith("http://") ? line : undefined),
  });
  return answer;
}

/** Signs in by the button, as a person does. Answers what the authorization endpoint was asked. */
async function authorize(page, { account, scopes }) {
  await page.click(".auth-wrapper .authorize");
  const form = page.locator(".auth-container", { hasText: "oauth2" });
  for (const scope of scopes) await form.locator("label", { hasText: scope }).first().click();
  const asked = page.context().waitForEvent("request", (request) => request.url().includes("code_challenge="));
  const [popup] = await Promise.all([page.waitForEvent("popup"), form.locator("button.authorize").click()]);
  await popup.fill("[name=login]", account);
  await popup.fill("[name=password]", "any");
  await popup.click("[type=submit]");
  await popup.waitForSelector("[name=prompt][value=consent]", { state: "attached" });
  await Promise.all([popup.waitForEvent("close"), popup.click("[type=submit]")]);
  await form.locator("button", { hasText: "Logout" }).waitFor();
  await page.click(".close-modal");
  return new URL((await asked).url()).searchParams;
}

/** Tries an operation out. Answers the status that Swagger UI shows. */
async function execute(page, method, route) {
  const operation = page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${route}"]`) });
  if ((await operation.locator(".execute").count()) === 0) {
    await operation.locator(".opblock-summary-control").click();
    await operation.locator(".try-out__btn").click();
  } else {
    await operation.locator(".btn-clear").click();
  }
  await operation.locator(".execute").click();
  const status = operation.locator(".live-responses-table .response .response-col_status");
  return (await status.first().innerText()).trim().split(/\s/)[0];
}
