// Signs in at a real server, npm's oidc-provider, in each of the two ways that an answer comes back.

import { signIn, userAgent } from "./browse.mjs"; // examples/demo/login.mjs, laid out here by run.mjs.
import { equal, ok } from "./assert.mjs";

const redirectUri = "http://127.0.0.1/callback";
const clientId = "demo";

export async function providerTests({ countersign, test, issuer }) {
  const { createAuthorizationRequest, createTokenRequest, parseAuthorizationResponse, parseTokenResponse } =
    countersign;
  const server = await countersign.discover(issuer);
  const idTokens = countersign.createVerifier({ issuer, audience: clientId, profile: "id-token" });

  /** The way out: what the server sends the browser back with, as text. */
  async function wayOut(options) {
    const { url, transaction } = createAuthorizationRequest({
      server,
      clientId,
      redirectUri,
      scope: "openid read",
      params: { resource: "https://api.example/rs256" },
      ...options,
    });
    return { transaction, response: await signIn(userAgent(), url, redirectUri, "alice") };
  }

  /** The way back: from that response, in whichever form, to the user. */
  async function wayBack(response, transaction) {
    const { code } = parseAuthorizationResponse(response, transaction);
    const { url, ...init } = createTokenRequest({ transaction, code });
    const answer = await fetch(url, { ...init, redirect: "manual" });
    const tokens = parseTokenResponse(answer.status, await answer.text(), { transaction });
    const expectations = { nonce: transaction.nonce, accessToken: tokens.access_token };
    const { claims } = await idTokens.verify(tokens.id_token, expectations);
    return claims.sub;
  }

  const formData = (form) => {
    const data = new FormData();
    for (const [name, value] of new URLSearchParams(form)) data.append(name, value);
    return data;
  };
  for (const [name, responseMode, convert] of [
    ["the URL", undefined, (url) => url],
    ["the query alone, behind a proxy", "query", (url) => new URL(url).search],
    ["the query, taken apart", "query", (url) => new URL(url).searchParams],
    ["the body of the form", "form_post", (form) => form],
    ["the form, taken apart", "form_post", (form) => new URLSearchParams(form)],
    ["the form, as FormData", "form_post", formData],
  ]) {
    await test(`oidc-provider: signed in by ${name}`, async () => {
      const { transaction, response } = await wayOut({ responseMode });
      equal(response.startsWith(`${redirectUri}?`), responseMode !== "form_post", "whether it came as a URL");
      equal(await wayBack(convert(response), transaction), "alice", "the user");
    });
  }

  await test("oidc-provider: a form for another sign-in", async () => {
    const [mine, other] = [await wayOut({ responseMode: "form_post" }), await wayOut({ responseMode: "form_post" })];
    try {
      parseAuthorizationResponse(mine.response, other.transaction);
    } catch (error) {
      return equal(error.code, "state_mismatch", "the code");
    }
    throw new Error("was accepted");
  });

  await test("oidc-provider: a refusal that comes in a form", async () => {
    const { transaction, response } = await wayOut({
      responseMode: "form_post",
      params: { prompt: "none", resource: "https://api.example/rs256" }, // Nobody has signed in yet.
    });
    try {
      parseAuthorizationResponse(response, transaction);
    } catch (error) {
      equal(error.code, "authorization_error", "the code");
      return ok(error.actual.includes("login_required"), `actual is ${error.actual}`);
    }
    throw new Error("was accepted");
  });
}
