// Interleaved sign-ins: many users in their browsers, three providers, callbacks in any order, and attempts with what belongs
// to somebody else.

import assert from "node:assert/strict";

import { begin } from "./flows.mjs";
import { HostileServer, redirectUri } from "./server.mjs";

const USERS = 50;
/** Sign-ins under way at a time. */
const BATCH = 200;

/** Makes so many sign-ins, in an order that `seed` decides, and answers how many attempts were refused, by code. */
export async function interleavedLogins(createClient, total, seed = 1) {
  const start = Date.now();
  const random = generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const pairs = ["rsa", "ec", "pss"].map((sign, index) => {
    const server = new HostileServer(`https://${sign}.example`, { sign, publish: ["rsa", "ec", "pss"] });
    // The first one says no `iss` in its responses.
    if (index === 0) {
      const metadata = { authorization_response_iss_parameter_supported: undefined };
      server.behaviour = { metadata, authorization: { iss: undefined } };
    }
    const client = createClient({ issuer: server.issuer, clientId: "app", redirectUri, fetch: server.fetch });
    return { server, client };
  });
  const refusals = {};
  const refused = async (attempt, ...codes) => {
    const error = await attempt.then(
      () => assert.fail("an attempt with what belongs to somebody else was let in"),
      (thrown) => thrown,
    );
    assert.ok(codes.includes(error.code), `${error.code}, not ${codes.join(" or ")}`);
    refusals[error.code] = (refusals[error.code] ?? 0) + 1;
  };
  /** What each browser has under way at each provider. */
  const jars = Array.from({ length: USERS }, () => pairs.map(() => []));
  let done = 0;
  while (done < total) {
    const size = Math.min(BATCH, total - done);
    const logins = await Promise.all(
      Array.from({ length: size }, async () => {
        const [user, provider] = [Math.floor(random() * USERS), Math.floor(random() * pairs.length)];
        const login = { user, provider, ...(await begin(pairs[provider], `user ${user}`)) };
        jars[user][provider].push(login.transaction);
        return login;
      }),
    );
    shuffle(logins, random);
    await Promise.all(
      logins.map(async (login, index) => {
        const { url, user, provider } = login;
        const { client, server } = pairs[provider];
        const stranger = pick(logins.filter((other) => other.user !== user));
        const elsewhere = pick(pairs.filter((pair) => pair.client !== client));
        const kind = index % 8;
        // In the browser of somebody else, who has sign-ins under way there too.
        // Where that is a single one, the issuer is compared first.
        if (kind === 1)
          await refused(client.callback(url, jars[stranger.user].flat()), "state_mismatch", "response_issuer_mismatch");
        // At another provider's client, with all that the browser has.
        if (kind === 2)
          await refused(
            elsewhere.client.callback(url, jars[user].flat()),
            "response_issuer_mismatch",
            "state_mismatch",
          );
        // The code of somebody else in this response, and the state of somebody else.
        if (kind === 3) {
          const theirs = new URL(url);
          theirs.searchParams.set("state", new URL(stranger.url).searchParams.get("state"));
          await refused(client.callback(theirs.href, jars[user].flat()), "state_mismatch");
        }
        // The issuer of another provider.
        if (kind === 4) {
          const other = new URL(url);
          other.searchParams.set("iss", elsewhere.server.issuer);
          await refused(client.callback(other.href, jars[user].flat()), "response_issuer_mismatch");
        }
        // A server that lost its mind, and gives the nonce of another sign-in, or another user's token: this one is over.
        if (kind === 5) {
          const code = new URL(url).searchParams.get("code");
          const good = server.codes.get(code);
          server.codes.set(code, { ...good, nonce: stranger.transaction.nonce });
          const attempt = refused(client.callback(url, jars[user].flat()), "nonce_mismatch");
          await attempt;
          remove(jars[user][provider], login.transaction);
          return;
        }
        const tokens = await client.callback(url, jars[user].flat());
        remove(jars[user][provider], login.transaction);
        const seen = { iss: tokens.claims.iss, sub: tokens.claims.sub, nonce: tokens.claims.nonce };
        assert.deepEqual(seen, { iss: server.issuer, sub: `user ${user}`, nonce: login.transaction.nonce });
        assert.equal(server.accessTokens.get(tokens.accessToken).subject, `user ${user}`);
        assert.equal(tokens.issuer, server.issuer);
        // The same once more: the browser has it no longer.
        if (kind === 6)
          await refused(client.callback(url, jars[user].flat()), "state_mismatch", "response_issuer_mismatch");
      }),
    );
    done += size;
  }
  // All of them share what was fetched once, and again when it has grown old.
  const most = 2 + (Date.now() - start) / 30_000;
  for (const { server } of pairs) {
    const [metadata, jwks] = ["metadata", "jwks"].map((endpoint) => server.count(endpoint));
    assert.ok(metadata <= most && jwks <= most, `${metadata} requests for metadata, ${jwks} for keys`);
  }
  return { logins: done, refusals };
}

function remove(list, one) {
  const index = list.indexOf(one);
  assert.notEqual(index, -1);
  list.splice(index, 1);
}

function shuffle(list, random) {
  for (let index = list.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [list[index], list[other]] = [list[other], list[index]];
  }
}

/** mulberry32 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
