// Asks the hosts and compares their answers with what is right. Each answer is one row of the table.

import { client, median } from "../../tests/support/http.mjs";

// Per case: as many rounds as fit, within bounds.
const rounds = { warmUp: 10, least: 10, most: 80 };
const milliseconds = 400;

/**
 * Calls an API with one case after the other. The time of a case is what its token costs: the median round trip less the
 * median of requests without a token, sent in turns with it. "no token" itself shows the whole round trip.
 */
export async function callApi(host, url, cases) {
  const { send, close } = client(url);
  const rows = [];
  for (const { name, token, status, code } of cases) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const got = await send(headers);
    const body = JSON.parse(got.body);
    const challenge = got.headers["www-authenticate"];

    const times = { plain: [], token: [] };
    const start = performance.now();
    const isEnough = (round) =>
      round >= rounds.least && (round >= rounds.most || performance.now() - start > milliseconds);
    for (let round = -rounds.warmUp; !isEnough(round); round += 1) {
      const plain = await send();
      const withToken = await send(headers);
      if (round < 0) continue;
      times.plain.push(plain.microseconds);
      times.token.push(withToken.microseconds);
    }
    const rightChallenge = status === 401 ? challenge?.startsWith("Bearer") : challenge === undefined;
    const rightBody = status === 200 ? body.sub === "alice" && body.scope === "read" : codeOf(body) === code;
    rows.push({
      ok: got.status === status && rightChallenge && rightBody,
      host,
      name,
      status: got.status,
      code: codeOf(body),
      detail: got.status === 200 ? summary(body) : challenge,
      microseconds: Math.max(0, Math.round(median(times.token) - (token ? median(times.plain) : 0))),
    });
  }
  close();
  return rows;
}

/** Calls one route of an API after the other. */
export async function callRoutes(host, url, cases) {
  const rows = [];
  for (const { name, method = "GET", path, token, status, code, message } of cases) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(new URL(path, url), { method, headers });
    const body = await response.json();
    const challenge = response.headers.get("www-authenticate");
    const isRight = response.status === status && codeOf(body) === code && body.message === (message ?? body.message);
    rows.push({
      // There is no challenge that asks for a permission.
      ok: isRight && (challenge !== null) === (code !== undefined && code !== "insufficient_permission"),
      host,
      name,
      status: response.status,
      code: codeOf(body),
      detail: challenge ?? JSON.stringify(body),
    });
  }
  return rows;
}

/** A guard says in `code` what its `error`, the one of RFC 6750, leaves open. */
const codeOf = (body) => body.code ?? body.error;

/** Fills in the page's form with one case after the other, as a person would. */
export async function usePage(url, browser, cases) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);

  const rows = [];
  for (const { name, form, code = "ok" } of cases) {
    const { profile, ...fields } = { nonce: "", clockTolerance: "30", ...form };
    await page.selectOption("[name=profile]", profile);
    for (const [field, value] of Object.entries(fields)) await page.fill(`[name=${field}]`, value);
    await page.click("button");
    await page.waitForFunction((count) => document.querySelectorAll("#results tr").length === count, rows.length + 1);
    const [, , verdict, detail, microseconds] = await page
      .locator("#results tr")
      .first()
      .locator("td")
      .allTextContents();
    rows.push({
      ok: verdict === code,
      host: "chromium",
      name,
      code: verdict === "ok" ? "" : verdict,
      detail: verdict === "ok" ? summary(JSON.parse(detail)) : detail,
      microseconds,
    });
  }
  await page.close();
  // A missing favicon is not an error of the page.
  const real = errors.filter((text) => !/favicon|404/.test(text));
  if (real.length > 0)
    rows.push({ ok: false, host: "chromium", name: "no error in the page", detail: real.join("; ") });
  return rows;
}

export const summary = ({ sub, scope, aud }) =>
  Object.entries({ sub, scope, aud })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
