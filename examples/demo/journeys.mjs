// The way from a sign-in to a protected API, as a person with a browser goes it. Each step is one row of the table.

import { fillLogin, ready, start } from "../../tests/support/drivers.mjs";
import { Visitor } from "../../tests/web/visitor.mjs";

/** Notes what each step has found; the first that fails ends the way. */
async function steps(host, go) {
  const rows = [];
  const step = (name, ok, { status, detail } = {}) => {
    rows.push({ ok, host, name, status, detail });
    if (!ok) throw new Error(`${name}: ${status ?? ""} ${detail ?? ""}`);
  };
  try {
    await go(step);
  } catch (error) {
    if (rows.at(-1)?.ok !== false) rows.push({ ok: false, host, name: "goes on", detail: error.message });
  }
  return rows;
}

/** A web application with sessions, by HTTP as a browser sends it. */
export const webJourney = (host, origin, { issuer, apis }) =>
  steps(host, async (step) => {
    const alice = new Visitor(origin.replace(/\/$/, ""), "alice");
    const ask = (name) => alice.page(`/ask?api=${name}`);
    const names = Object.keys(apis);

    const nobody = await ask(names[0]);
    const isSent = nobody.status === 303 && nobody.location.startsWith(issuer);
    step("nobody asks: is sent to the provider", isSent, { status: nobody.status, detail: place(nobody.location) });

    const back = await alice.signIn(`/ask?api=${names[0]}`);
    const isBack = back.location === `/ask?api=${names[0]}` && alice.cookies.has("session");
    step("signs in, and comes back", isBack, { status: back.status, detail: `to ${back.location}, with a session` });

    const home = await alice.page("/");
    step("is greeted", home.text.includes("<h1>Hello, Alice</h1>"), { status: home.status, detail: heading(home) });

    for (const name of names) {
      const { status, text } = await ask(name);
      const answer = plain(/<pre[^>]*>([^]*?)<\/pre>/.exec(text)?.[1] ?? "");
      const isRight = text.includes(`<h1>${name} answers 200</h1>`) && answer.includes('"sub":"alice"');
      step(`asks ${name} with the access token`, isRight, { status, detail: answer });
    }

    const headers = { "sec-fetch-site": "cross-site" };
    const forged = await alice.call("/auth/logout", { method: "POST", headers });
    step("a page of another site signs out: refused", forged.status === 403, { status: forged.status });

    const out = await alice.signOut();
    step("signs out, here and at the provider", out.startsWith(origin), { detail: `back at ${new URL(out).origin}` });
    const after = await ask(names[0]);
    step("asks again: is sent to the provider", after.status === 303, { status: after.status });
  });

/** The page without a server, in headless Chromium. */
export async function pageJourney(host, url, browser) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const rows = await steps(host, async (step) => {
    const api = new URL("api/notes", url);
    const { status, headers } = await fetch(api);
    step("nobody asks the API", status === 401, { status, detail: headers.get("www-authenticate") });

    await page.goto(url);
    await page.getByRole("button", { name: "Sign in" }).click();
    await fillLogin(page, "alice");
    const hello = page.getByRole("heading", { name: "Hello, Alice" });
    await hello.waitFor();
    step("signs in, and comes back", page.url() === url, { detail: await hello.innerText() });

    await page.getByText("Buy milk").waitFor();
    await page.getByLabel("A new note").fill("Water the plants");
    const written = page.waitForResponse((response) => response.request().method() === "POST");
    await page.keyboard.press("Enter");
    const response = await written;
    const authorization = await response.request().headerValue("authorization");
    const isWritten = response.status() === 200 && authorization.startsWith("Bearer ");
    const notes = JSON.stringify(await response.json());
    step("writes a note, with the access token", isWritten, { status: response.status(), detail: notes });

    await page.reload();
    await page.getByText("Water the plants").waitFor();
    step("reloads, and is still signed in", true, { detail: await hello.innerText() });

    await page.getByRole("button", { name: "Sign out" }).click();
    await ready(page, () => document.querySelector("[name=logout]") !== null);
    await start(page, () => document.querySelector("[name=logout]").click());
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    step("signs out, here and at the provider", page.url() === url, { detail: `back at ${new URL(url).origin}` });
  });
  await page.close();
  return rows;
}

const place = (location) => location && `${new URL(location).origin}${new URL(location).pathname}`;
const heading = ({ text }) => plain(/<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? "");
const plain = (html) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
