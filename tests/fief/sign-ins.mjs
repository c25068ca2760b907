// Sign-ins: authUrl, authCallback, authRefreshToken, userinfo and logoutUrl.

import assert from "node:assert/strict";

import { openBrowser, redirectUri, register, signIn } from "./browser.mjs";
import { USER } from "./server.mjs";

const scope = ["openid", "offline_access"];

/** Sign-in, userinfo, refresh, and that refresh token again. */
async function all(fief, browser = openBrowser()) {
  const [tokens, user] = await signIn(fief, browser, { scope, lang: "fr" });
  assert.deepEqual([user.email, user.azp, user.acr], [USER.email, user.aud[0], "1"]);
  assert.equal(tokens.idToken.split(".").length, 3);
  assert.equal(tokens.tokenType, "Bearer");
  const info = await fief.userinfo(tokens);
  assert.deepEqual([info.sub, info.email, info.tenant_id], [user.sub, USER.email, user.tenant_id]);

  const [fresh, same] = await fief.authRefreshToken(tokens);
  assert.deepEqual([same.sub, same.nonce, same.acr], [user.sub, undefined, "0"]);
  assert.notEqual(fresh.refreshToken, tokens.refreshToken);
  await assert.rejects(fief.authRefreshToken(tokens), { code: "token_endpoint_error", actual: /^invalid_grant/ });
  const [newest] = await fief.authRefreshToken(fresh, { scope });
  assert.equal((await fief.userinfo(newest)).sub, user.sub);
  // Less is asked for, so no refresh token comes: the server has deleted the old one, and ours is as the answer is.
  const [less] = await fief.authRefreshToken(newest, { scope: ["openid"] });
  const { scope: granted } = await fief.validateAccessToken(less.accessToken);
  assert.deepEqual(granted, ["openid"]);
  await assert.rejects(fief.authRefreshToken(less.refreshToken ?? newest), { code: "token_endpoint_error" });
}

export async function signedIdToken(context) {
  const { options } = await register(context);
  await all(context.createFief(options));
}

export async function encryptedIdToken(context) {
  const { options, id } = await register(context);
  const encryptionKey = await context.api("POST", `clients/${id}/encryption-key`);
  await all(context.createFief({ ...options, encryptionKey }));
  await all(context.createFief({ ...options, encryptionKey: JSON.stringify(encryptionKey) }));
  // A new key takes the place of that one.
  const newer = await context.api("POST", `clients/${id}/encryption-key`);
  await assert.rejects(signIn(context.createFief({ ...options, encryptionKey }), openBrowser()), {
    code: /^(decryption_failed|key_not_found)$/,
  });
  await assert.rejects(signIn(context.createFief(options), openBrowser()), { code: "token_type_unsupported" });
  await all(context.createFief({ ...options, encryptionKey: newer }));
}

export async function publicClient(context) {
  const { options } = await register(context, "public");
  await all(context.createFief(options));
}

/** The issuer is https, the server is not. */
export async function issuerThatIsNotTheAddress(context) {
  const { options } = await register(context);
  const baseUrl = `http://${context.domain}`;
  const strict = context.createFief({ ...options, baseUrl });
  await assert.rejects(strict.authUrl(redirectUri), { code: "discovery_issuer_mismatch" });
  const fief = context.createFief({ ...options, baseUrl, issuer: context.baseUrl });
  assert.match((await fief.authUrl(redirectUri)).url, /^http:/);
  await all(fief);
  const [tokens, user] = await signIn(fief, openBrowser());
  assert.equal(user.iss, context.baseUrl);
  assert.equal((await fief.validateAccessToken(tokens.accessToken)).id, user.sub);
}

export async function anotherState(context) {
  const { options } = await register(context, "public");
  const fief = context.createFief(options);
  const { url, transaction } = await fief.authUrl(redirectUri);
  const callback = await openBrowser().signIn(url);
  await assert.rejects(fief.authCallback(callback.replace(/state=../, "state=__"), transaction), {
    code: "state_mismatch",
  });
  const [, user] = await fief.authCallback(callback, transaction);
  assert.equal(user.email, USER.email);
  // The code has been used.
  await assert.rejects(fief.authCallback(callback, transaction), { code: "token_endpoint_error" });
}

/** The code of another sign-in of the same client: PKCE is in between, and so is the nonce. */
export async function codeOfAnotherSignIn(context) {
  const { options } = await register(context);
  const fief = context.createFief(options);
  const [mine, other] = [await fief.authUrl(redirectUri), await fief.authUrl(redirectUri)];
  const stolen = new URL(await openBrowser().signIn(other.url));
  stolen.searchParams.set("state", mine.transaction.state);
  await assert.rejects(fief.authCallback(stolen.href, mine.transaction), { code: "token_endpoint_error" });
}

/** Wanting to be asked, wanting not to be, and what becomes of the session at Fief. */
export async function promptsAndLogout(context) {
  const { options } = await register(context);
  const fief = context.createFief(options);
  const browser = openBrowser();
  const [, user] = await signIn(fief, browser);
  const [, again] = await signIn(fief, browser);
  assert.deepEqual([browser.asked, user.acr, again.acr], [1, "1", "0"]);
  const [, silent] = await signIn(fief, browser, { prompt: "none" });
  assert.deepEqual([browser.asked, silent.sub], [1, user.sub]);
  const [, forced] = await signIn(fief, browser, { prompt: "login" });
  assert.deepEqual([browser.asked, forced.acr], [2, "1"]);
  const [, stronger] = await signIn(fief, browser, { acrValues: "1" });
  assert.deepEqual([browser.asked, stronger.acr], [3, "1"]);

  const page = "https://app.example/?from=fief&x=1";
  assert.equal((await browser.open(fief.logoutUrl(page))).location, page);
  await assert.rejects(signIn(fief, browser, { prompt: "none" }), {
    code: "authorization_error",
    actual: "login_required: User is not logged in",
  });
  await signIn(fief, browser);
  assert.equal(browser.asked, 4);
}

/** Each tenant is an issuer with a path. */
export async function anotherTenant(context) {
  const tenant = await context.api("POST", "tenants/", { name: "Second" });
  const user = { email: "second@example.com", password: USER.password };
  await context.api("POST", "users/", { ...user, email_verified: true, tenant_id: tenant.id, fields: {} });
  const [first, second] = [await register(context), await register(context, "confidential", tenant)];
  const fief = context.createFief(second.options);
  const [tokens, claims] = await signIn(fief, openBrowser(), { scope, user });
  assert.deepEqual([claims.iss, claims.email], [`${context.baseUrl}/${tenant.slug}`, user.email]);
  assert.equal((await fief.userinfo(tokens)).tenant_id, tenant.id);
  assert.equal((await fief.validateAccessToken(tokens.accessToken)).id, claims.sub);
  const other = context.createFief(first.options);
  await assert.rejects(other.validateAccessToken(tokens.accessToken), { code: /^(issuer_mismatch|key_not_found)$/ });
  assert.equal(new URL(fief.logoutUrl("https://app.example/")).pathname, `/${tenant.slug}/logout`);
}

/** Hybrid flow: the client asks for a code, and what comes in front of it is for verifiers, with its hashes. */
export async function hybridFlow(context) {
  const { options } = await register(context);
  const fief = context.createFief(options);
  for (const type of ["code id_token", "code token", "code id_token token"]) {
    const { url, transaction } = await fief.authUrl(redirectUri);
    const asked = new URL(url);
    asked.searchParams.set("response_type", type);
    const callback = new URL(await openBrowser().signIn(asked.href));
    const front = new URLSearchParams(callback.hash.slice(1));
    const [code, accessToken, idToken] = ["code", "access_token", "id_token"].map(
      (name) => front.get(name) ?? undefined,
    );
    const verifier = context.createVerifier({
      profile: "id-token",
      issuer: context.baseUrl,
      audience: options.clientId,
      algorithms: ["RS256"],
    });
    if (idToken) {
      const expected = { nonce: transaction.nonce, code, ...(accessToken && { accessToken }) };
      const { claims } = await verifier.verify(idToken, expected);
      assert.equal(claims.email, USER.email);
      await assert.rejects(verifier.verify(idToken, { ...expected, code: `${code}x` }), {
        code: "claim_invalid",
        claim: "c_hash",
      });
      await assert.rejects(verifier.verify(idToken, { ...expected, nonce: "another" }), { code: "nonce_mismatch" });
      if (accessToken)
        await assert.rejects(verifier.verify(idToken, { ...expected, accessToken: `${accessToken}x` }), {
          code: "claim_invalid",
          claim: "at_hash",
        });
    }
    if (accessToken) assert.ok(await fief.validateAccessToken(accessToken, { scope: ["openid"] }));
    const [, user] = await fief.authCallback(`${redirectUri}?${front}`, transaction);
    assert.equal(user.email, USER.email);
  }
}
