// Real clients against the real thing: from a refusal to a token, to a tool, to a token with more.

import assert from "node:assert/strict";

import { generations } from "./client.mjs";
import { clientId, resource } from "./names.mjs";
import { Session } from "./session.mjs";

export async function clients({ fetch, issuer }, check) {
  for (const generation of await generations()) {
    const account = generation.name.replaceAll(/\W+/g, "-");
    const log = [];
    const session = new Session(generation, logged(fetch, log), { account, issuer });
    const { asked, saved } = session.provider;
    const on = (what, test) => check(`${generation.name}: ${what}`, test);

    await on("a refusal leads to the metadata, to the authorization server and to a token", async () => {
      await session.connect();
      assert.equal(log[0].status, 401);
      assert.ok(log.some(({ path, status }) => path === "/.well-known/oauth-protected-resource/mcp" && status === 200));
      assert.equal(asked.length, 1);
      const [{ scope, resource: indicator, client_id: id, code_challenge_method: method }] = asked;
      assert.deepEqual([scope, indicator, id, method], ["notes:read", resource, clientId, "S256"]);
      assert.equal(saved.tokens.scope, "notes:read");
    });

    await on("a tool with the scope at hand, for the user of the token", async () => {
      assert.deepEqual(await session.tools(), ["list_notes", "add_note"]);
      assert.deepEqual(JSON.parse(await session.call("list_notes")), { of: account, notes: [] });
      if (generation.revision) assert.equal(log.at(-1).revision, generation.revision);
    });

    await on("a tool that needs more: 403 with all of its scopes, another sign-in, and the call", async () => {
      const before = log.length;
      assert.equal(await session.call("add_note", { note: `of ${account}` }), "added");
      const refusals = log.slice(before).filter(({ status }) => status === 403);
      assert.equal(refusals.length, 1);
      assert.match(refusals[0].challenge, /error="insufficient_scope".*scope="notes:read notes:write"/);
      assert.equal(asked.length, 2);
      assert.deepEqual(new Set(asked[1].scope.split(" ")), new Set(["notes:read", "notes:write"]));
      assert.deepEqual(JSON.parse(await session.call("list_notes")), { of: account, notes: [`of ${account}`] });
      assert.equal(asked.length, 2);
    });

    await on("a token that has gone bad: 401, and another sign-in", async () => {
      saved.tokens = { ...saved.tokens, access_token: `${saved.tokens.access_token.slice(0, -8)}AAAAAAAA` };
      delete saved.tokens.refresh_token;
      assert.equal(JSON.parse(await session.call("list_notes")).of, account);
      assert.equal(asked.length, 3);
    });

    await on("each token came from the issuer, by its own account", () => {
      const [, payload] = saved.tokens.access_token.split(".");
      const { iss, aud, sub } = JSON.parse(Buffer.from(payload, "base64url"));
      assert.deepEqual([iss, aud, sub], [issuer, resource, account]);
    });
    await session.close();
  }
}

/** The same, and a list of what the server was asked and has answered. */
const logged = (fetch, log) => async (input, init) => {
  const response = await fetch(input, init);
  const { origin, pathname: path } = new URL(input instanceof Request ? input.url : input);
  const { status, headers } = response;
  if (origin === new URL(resource).origin) {
    const revision = new Headers(init?.headers).get("mcp-protocol-version");
    log.push({ path, status, challenge: headers.get("www-authenticate"), revision });
  }
  return response;
};
