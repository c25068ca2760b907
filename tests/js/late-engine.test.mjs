// countersign/spa where there is no WebCrypto to verify with: the engine in wasm comes when it is needed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeBrowser, FakeProvider, leave, signedIn } from "./support/pages.mjs";

const { crypto } = globalThis;
/** The provider signs by it, and the page has none. */
let hasSubtle = true;
Object.defineProperty(globalThis, "crypto", {
  value: {
    getRandomValues: (bytes) => crypto.getRandomValues(bytes),
    get subtle() {
      return hasSubtle ? crypto.subtle : undefined;
    },
  },
});

const withoutSubtle =
  (fetch) =>
  async (...given) => {
    hasSubtle = true;
    try {
      return await fetch(...given);
    } finally {
      hasSubtle = false;
    }
  };

test("an ID token is verified by the engine in wasm, and one that was changed signs nobody in", async () => {
  const provider = await FakeProvider.start();
  const options = { ...provider.options(), fetch: withoutSubtle(provider.fetch) };
  hasSubtle = false;
  const auth = await signedIn(new FakeBrowser().tab(), provider, options);
  assert.equal(auth.user.sub, "alice");

  const changed = async (...given) => {
    const response = await options.fetch(...given);
    if (!String(given[0]).endsWith("/token")) return response;
    const tokens = await response.json();
    const [header, claims, signature] = tokens.id_token.split(".");
    const turned = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
    return Response.json({ ...tokens, id_token: [header, claims, turned].join(".") });
  };
  const tab = new FakeBrowser().tab();
  const before = await tab.auth({ ...options, fetch: changed });
  const after = await tab.open(provider.signIn(await leave(tab, before))).auth({ ...options, fetch: changed });
  assert.equal(after.user, undefined);
  assert.equal(after.getSnapshot().error.code, "signature_invalid");
});
