// createClient against Glewlwyd, an OpenID Connect server of other authors in another language: node tests/glewlwyd/run.mjs

import assert from "node:assert/strict";
import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { absence, start } from "./server.mjs";

const redirectUri = "http://127.0.0.1/callback";
/** Nothing that RFC 6749 §2.3.1 encodes: Glewlwyd does not decode it. */
const secret = "of-the-tests.0123456789_abcdefghij";
const clients = [["client_secret_basic"], ["client_secret_post"]].map((methods) => ({
  client_id: methods[0],
  name: methods[0],
  client_secret: secret,
  redirect_uri: [redirectUri],
  authorization_type: ["code", "refresh_token", "client_credentials"],
  token_endpoint_auth_method: methods,
}));

const { check, skip, run } = createSuite();
const reason = absence();
await run(async () => (reason === undefined ? signInAndOut() : skip(reason)));

async function signInAndOut() {
  const folder = path.join(target, "glewlwyd");
  await installPackage(folder);
  const { createClient, isInvalidGrant } = await importPackage(folder, "countersign/client");
  const { issuer, browse } = await start(path.join(folder, "server"), clients);

  for (const { client_id: method } of clients) {
    const options = { issuer, clientId: method, redirectUri, clientAuthentication: { method, secret } };
    const client = createClient(options);
    const signIn = async (who = client) => {
      const { url, transaction } = await who.authorize();
      return who.callback(await browse(url), JSON.parse(JSON.stringify(transaction)));
    };

    await check(`${method}: a user signs in, and is known`, async () => {
      const tokens = await signIn();
      assert.deepEqual([tokens.issuer, tokens.tokenType], [issuer, "Bearer"]);
      assert.ok(tokens.claims.sub && tokens.refreshToken && tokens.idToken);
      const user = await client.userinfo(tokens);
      assert.deepEqual(
        [user.sub, user.name, user.email],
        [tokens.claims.sub, "Alice of the tests", "alice@example.com"],
      );
    });

    await check(`${method}: a code serves once, and an answer its own request`, async () => {
      const [first, second] = [await client.authorize(), await client.authorize()];
      const response = await browse(first.url);
      await assert.rejects(client.callback(response, second.transaction), { code: "state_mismatch" });
      await client.callback(response, first.transaction);
      // This server's word for it.
      await assert.rejects(client.callback(response, first.transaction), { actual: "invalid_code" });
      const { codeVerifier, ...transaction } = second.transaction;
      const other = codeVerifier.replace(/./, (letter) => (letter === "a" ? "b" : "a"));
      const answered = await browse(second.url);
      await assert.rejects(client.callback(answered, { ...transaction, codeVerifier: other }), {
        code: "token_endpoint_error",
      });
    });

    await check(`${method}: a refresh token is exchanged, and serves once`, async () => {
      const tokens = await signIn();
      const refreshed = await client.refresh(tokens);
      assert.notEqual(refreshed.refreshToken, tokens.refreshToken);
      assert.notEqual(refreshed.accessToken, tokens.accessToken);
      assert.equal((await client.userinfo(refreshed)).sub, tokens.claims.sub);
      // This server says nothing at all, with status 400: then it is not known whether the grant is over.
      await assert.rejects(client.refresh(tokens), { code: "token_response_invalid" });
    });

    await check(`${method}: tokens are introspected and revoked`, async () => {
      const tokens = await signIn();
      for (const name of ["accessToken", "refreshToken"]) {
        assert.equal((await client.introspect(tokens[name])).active, true, name);
        await client.revoke(tokens[name]);
        assert.equal((await client.introspect(tokens[name])).active, false, name);
      }
      await assert.rejects(client.refresh(tokens), { code: "token_response_invalid" });
      await assert.rejects(client.userinfo(tokens), { code: "server_response_invalid" });
    });

    await check(`${method}: a request is pushed`, async () => {
      const pushing = createClient({ ...options, pushedAuthorizationRequests: true });
      const { url } = await pushing.authorize();
      assert.deepEqual([...new URL(url).searchParams.keys()].sort(), ["client_id", "request_uri"]);
      assert.ok((await signIn(pushing)).claims.sub);
    });

    await check(`${method}: a wrong secret is no end of a session`, async () => {
      const tokens = await signIn();
      const wrong = createClient({ ...options, clientAuthentication: { method, secret: "wrong" } });
      await assert.rejects(wrong.refresh(tokens), (error) => !isInvalidGrant(error));
    });

    await check(`${method}: a user signs out`, async () => {
      const tokens = await signIn();
      const url = await client.logoutUrl({ idToken: tokens.idToken, postLogoutRedirectUri: redirectUri });
      assert.ok(url === undefined || url.startsWith(new URL(issuer).origin));
    });
  }
}
