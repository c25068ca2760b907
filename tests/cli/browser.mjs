// The program that BROWSER names: signs in as ACCOUNT, follows the redirect to loopback, and writes what it was shown there
// to the file SHOWN.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { signIn, userAgent } from "../../examples/demo/login.mjs";

/** Follows redirects and fills in forms from an address on, until there is no more to fill in. Answers the last page. */
export async function walk(url, account) {
  const browse = userAgent();
  let [page, form] = [url, undefined];
  for (let step = 0; step < 20; step += 1) {
    const { location, text, status } = await browse(page, form);
    const [, action] = /<form[^>]* action="([^"]*)"/.exec(text) ?? [];
    if (location === null && action === undefined) return { status, text };
    const fields = location === null ? fieldsOf(text) : undefined;
    if (fields?.prompt === "login") Object.assign(fields, { login: account, password: "any" });
    [page, form] = [new URL(location ?? action.replaceAll("&amp;", "&"), page).href, fields];
  }
  throw new Error(`it never ended, at ${page}`);
}

function fieldsOf(html) {
  const attribute = (tag, name) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  const inputs = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => [
    attribute(tag, "name"),
    attribute(tag, "value"),
  ]);
  return Object.fromEntries(inputs.filter(([name]) => name !== ""));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ACCOUNT = "user", SHOWN } = process.env;
  const [url] = process.argv.slice(2);
  const redirectUri = new URL(url).searchParams.get("redirect_uri");
  const response = await fetch(await signIn(userAgent(), url, redirectUri, ACCOUNT));
  const { status, headers } = response;
  writeFileSync(SHOWN, JSON.stringify({ status, headers: Object.fromEntries(headers), text: await response.text() }));
}
