// What a user does on the pages of these tests, and what can be seen of it.

import { fillLogin, ready, start } from "../support/drivers.mjs";

/** What the page of a tab says. */
export async function stateOf(page) {
  const state = await page.evaluate(() => ({
    sub: globalThis.auth?.user?.sub,
    error: globalThis.auth?.getSnapshot().error?.code ?? globalThis.failure?.message,
    ended: globalThis.auth?.getSnapshot().ended,
    url: location.pathname + location.search + location.hash,
  }));
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

export async function signIn(page, account = "alice") {
  await start(page, () => void globalThis.auth.login());
  await fillLogin(page, account);
  await ready(page);
}

/** The same for a user that the provider knows: it asks for consent alone. */
export async function signInAgain(page) {
  await start(page, () => void globalThis.auth.login());
  await consent(page);
}

/** Agrees at the provider, and waits for the page that comes back. */
export async function consent(page) {
  await ready(page, () => document.querySelector("[name=prompt][value=consent]") !== null);
  await start(page, () => document.querySelector("[type=submit]").click());
  await ready(page);
}

/** The provider asks, and comes back. */
export async function signOut(page) {
  await start(page, () => void globalThis.auth.logout());
  await confirmSignOut(page);
}

export async function confirmSignOut(page) {
  await ready(page, () => document.querySelector("[name=logout]") !== null);
  await start(page, () => document.querySelector("[name=logout]").click());
  await ready(page);
}

/** The access token, or the code of what is thrown in its place. */
export const accessToken = (page) => page.evaluate(() => globalThis.auth.accessToken().catch((error) => error.code));

/** Moves the session in a storage into the past: its access token has expired. */
export function expire(page, kind) {
  return page.evaluate((kind) => {
    const storage = globalThis[`${kind}Storage`];
    const name = Object.keys(storage).find((key) => key.endsWith(":session"));
    const record = JSON.parse(storage[name]);
    for (const token of record.accessTokens) {
      token.receivedAt -= 4000;
      token.expiresAt -= 4000;
    }
    storage[name] = JSON.stringify(record);
    return record.accessTokens[0].receivedAt;
  }, kind);
}

/** Waits until a tab sees what another one has written: browsers give each process a copy of the storage. */
export async function seen(receivedAt) {
  const name = Object.keys(localStorage).find((key) => key.endsWith(":session"));
  const isSeen = () => JSON.parse(localStorage[name]).accessTokens[0].receivedAt === receivedAt;
  while (!isSeen()) await new Promise((next) => setTimeout(next, 5));
}

/** By the browser's own history, and waits for a page of the tests. */
export async function back(page) {
  await start(page, () => history.back());
  await settled(page);
}

export async function forward(page) {
  await start(page, () => history.forward());
  await settled(page);
}

/** A page that comes out of a browser's cache may reload itself at once. */
async function settled(page) {
  await new Promise((resolve) => setTimeout(resolve, 400));
  await ready(page, () => document.readyState === "complete");
}

/** Calls until it holds. */
export async function until(holds, what) {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain: ${what}`);
}
