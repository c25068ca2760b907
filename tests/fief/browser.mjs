// What people do at Fief's pages, and clients that are registered there.

import { userAgent } from "../../examples/demo/login.mjs";
import { USER } from "./server.mjs";

export const redirectUri = "http://localhost:9/callback";

/**
 * A browser with cookies of its own: `browser.signIn(url)` goes from an authorization request to the callback, and answers its
 * URL. `browser.asked` counts the passwords that Fief wanted.
 */
export function openBrowser() {
  const open = userAgent();
  const browser = {
    open,
    asked: 0,
    async signIn(url, user = USER) {
      let [page, form] = [url, undefined];
      for (let step = 0; step < 20; step += 1) {
        const { location, text, status } = await open(page, form);
        if (location?.startsWith(redirectUri)) return location;
        form = undefined;
        if (location) {
          page = location;
        } else if (text.includes('type="password"') && status === 200) {
          form = { email: user.email, password: user.password };
          browser.asked += 1;
        } else {
          throw new Error(`the sign-in ended at ${page}: ${status} ${text.slice(0, 200)}`);
        }
      }
      throw new Error("the sign-in does not end");
    },
  };
  return browser;
}

/** Registers a client. Answers what `createFief` takes, and the client's ID at the API. */
export async function register({ api, baseUrl }, type = "confidential", tenant = undefined) {
  const { results } = await api("GET", "tenants/");
  const registered = await api("POST", "clients/", {
    name: `tests ${type}`,
    first_party: true,
    client_type: type,
    redirect_uris: [redirectUri],
    tenant_id: (tenant ?? results.find((one) => one.default)).id,
  });
  const options = {
    baseUrl: tenant ? `${baseUrl}/${tenant.slug}` : baseUrl,
    clientId: registered.client_id,
    ...(type === "confidential" && { clientSecret: registered.client_secret }),
  };
  return { options, id: registered.id };
}

/** A sign-in from its beginning to the tokens. */
export async function signIn(fief, browser, { user, ...options } = {}) {
  const { url, transaction } = await fief.authUrl(redirectUri, options);
  return fief.authCallback(await browser.signIn(url, user), transaction);
}
