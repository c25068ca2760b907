// The address that the browser comes back to, and browsers that do not wait for the answer.

import assert from "node:assert/strict";
import { get } from "node:http";
import path from "node:path";

import { emptyFolder, importEntry } from "./support.mjs";

const { createCliAuth } = await importEntry("countersign/node-cli");

export async function loopbackSuite(check) {
  const place = emptyFolder("loopback");
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

  /** Signs in by a client during whose token request `meanwhile` happens. It is told the request of the browser. */
  const signIn = async (file, meanwhile) => {
    let redirectUri;
    let browser;
    const request = (url) => get(url, { agent: false }).on("error", () => undefined);
    const client = {
      authorize: async (params) => {
        ({ redirectUri } = params);
        return { url: "https://id.example/authorize", transaction: {} };
      },
      callback: async () => {
        await meanwhile(browser, request, redirectUri);
        return { issuer: "https://id.example", accessToken: "access", tokenType: "Bearer" };
      },
      refresh: () => Promise.reject(new Error("not asked for")),
    };
    const auth = createCliAuth({ client, file: path.join(place, file) });
    const onAuthorize = () => (browser = request(`${redirectUri}?code=c&state=s`));
    return auth.login({ openBrowser: () => true, timeout: 5, onAuthorize });
  };

  await check("a browser that goes away during the token request does not cost the sign-in", async () => {
    const { accessToken } = await signIn("gone.json", async (browser) => {
      browser.destroy();
      await pause();
    });
    assert.equal(accessToken, "access");
  });

  await check("nor does one that asks for more, and goes away before its turn", async () => {
    const { accessToken } = await signIn("queue.json", async (browser, request, redirectUri) => {
      const other = request(new URL("/favicon.ico", redirectUri));
      await pause();
      other.destroy();
      browser.destroy();
      await pause();
    });
    assert.equal(accessToken, "access");
  });
}
