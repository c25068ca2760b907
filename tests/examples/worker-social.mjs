// examples/worker-social in workerd, at Discord and GitHub on loopback.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { startMiniflare } from "../support/miniflare.mjs";
import { freePort } from "../support/ports.mjs";
import { Visitor } from "../web/visitor.mjs";
import { bundleExample } from "./install.mjs";
import { takePictures } from "./pictures.mjs";
import { CLIENTS, GUILD, startProviders } from "./social-providers.mjs";

export async function workerSocial(check) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const callback = `${origin}/auth/callback`;
  const providers = await startProviders(callback);
  await startWorkerSocial(origin, port, providers);

  const visitor = () => new Visitor(origin);
  /** From a page of the application to the provider, and back. */
  async function signIn(somebody, path, user) {
    const begun = await somebody.page(path);
    assert.equal(begun.status, 303, begun.text);
    const authorized = await providers.reach(begun.location, { headers: { "x-test-user": user } });
    assert.equal(authorized.status, 302, authorized.text);
    const back = authorized.headers.location.slice(origin.length);
    return somebody.page(back, { "sec-fetch-site": "cross-site" });
  }
  const login = (client) => `/auth/login?client=${client}&return_to=/me`;
  const me = async (somebody) => JSON.parse((await somebody.call("/auth/me")).text);

  await check("worker-social: two buttons, and nobody", async () => {
    const nobody = visitor();
    const { status, text } = await nobody.page("/");
    assert.equal(status, 200);
    assert.ok(text.includes("Sign in with Discord") && text.includes("Sign in with GitHub"));
    assert.equal((await nobody.page("/me")).status, 401);
    assert.equal((await nobody.page("/nowhere")).status, 404);
    assert.equal((await nobody.call("/members")).status, 401);
    assert.equal(await me(nobody), null);
  });

  await check("worker-social: a user of Discord signs in and out", async () => {
    const nelly = visitor();
    const response = await signIn(nelly, login("discord"), "moderator");
    assert.deepEqual([response.status, response.location], [303, "/me"]);
    const { status, text } = await nelly.page("/me");
    assert.equal(status, 200);
    const picture = "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675.png";
    for (const part of ["<dd>Discord</dd>", "80351110224678912", picture, "<h1>Nelly &#60;3</h1>"]) {
      assert.ok(text.includes(part), part);
    }
    assert.equal((await me(nelly)).sub, "80351110224678912");
    const before = providers.revoked.length;
    const out = await nelly.submit("/auth/logout");
    assert.deepEqual([out.status, out.location], [303, "/"]);
    assert.equal(providers.revoked.length, before + 1);
    assert.equal((await nelly.page("/me")).status, 401);
    assert.equal(await me(nelly), null);
  });

  await check("worker-social: a user of GitHub signs in and out", async () => {
    const octocat = visitor();
    const response = await signIn(octocat, login("github"), "octocat");
    assert.deepEqual([response.status, response.location], [303, "/me"]);
    const { text } = await octocat.page("/me");
    for (const part of ["<dd>GitHub</dd>", "<dd>80351110</dd>", "octocat.gif", "<h1>The &#60;Octocat&#62;</h1>"]) {
      assert.ok(text.includes(part), part);
    }
    assert.deepEqual([(await octocat.submit("/auth/logout")).status, await me(octocat)], [303, null]);
    const nameless = visitor();
    await signIn(nameless, login("github"), "nameless");
    assert.ok((await nameless.page("/me")).text.includes("<h1>nameless</h1>"));
  });

  for (const [user, expected] of Object.entries({
    moderator: 200,
    owner: 200,
    administrator: 200,
    member: 403,
    stranger: 403,
  })) {
    await check(`worker-social: the page of the guild, for a ${user}: ${expected}`, async () => {
      const somebody = visitor();
      // The page itself sends its visitor to Discord, and back.
      const response = await signIn(somebody, "/members", user);
      assert.deepEqual([response.status, response.location], [303, "/members"]);
      const { status, text } = await somebody.page("/members");
      assert.equal(status, expected);
      assert.equal(text.includes("you are a moderator"), expected === 200);
    });
  }

  const [moderator, octocat] = [visitor(), visitor()];
  await signIn(moderator, login("discord"), "moderator");
  await signIn(octocat, login("github"), "octocat");
  await takePictures(
    "worker-social",
    {
      welcome: { url: `${origin}/` },
      me: { url: `${origin}/me`, cookies: moderator.cookies },
      members: { url: `${origin}/members`, cookies: moderator.cookies },
      refused: { url: `${origin}/members`, cookies: octocat.cookies, status: 403 },
    },
    check,
  );

  await check("worker-social: a user of GitHub is none of Discord's", async () => {
    const octocat = visitor();
    await signIn(octocat, login("github"), "octocat");
    const { status, text } = await octocat.page("/members");
    assert.ok(status === 403 && text.includes("for users of Discord"), text);
    // By the button of that page it goes on as another user.
    const [, client, returnTo] = /name="client" value="(.*?)".*name="return_to" value="(.*?)"/.exec(text);
    const response = await signIn(octocat, `/auth/login?client=${client}&return_to=${returnTo}`, "moderator");
    assert.equal(response.location, "/members");
    assert.equal((await octocat.page("/members")).status, 200);
  });

  await check("worker-social: what Discord does not say, nobody may", async () => {
    const nelly = visitor();
    await signIn(nelly, login("discord"), "moderator");
    try {
      for (const [answered, expected] of Object.entries({ 500: 503, 429: 503, 401: 401 })) {
        providers.state.guilds = Number(answered);
        assert.equal((await nelly.page("/members")).status, expected);
      }
    } finally {
      providers.state.guilds = 200;
    }
    assert.equal((await nelly.page("/members")).status, 200);
  });

  await check("worker-social: a sign-in that is not finished is no session", async () => {
    const begun = visitor();
    assert.equal((await begun.page(login("discord"))).status, 303);
    assert.ok(begun.cookies.size > 0, "it has a cookie of its sign-in");
    assert.equal(await me(begun), null);
    assert.equal((await begun.page("/me")).status, 401);
    assert.equal((await begun.page("/members")).status, 303);
    // Under the name of a session's cookie it is none either.
    const [value] = begun.cookies.values();
    begun.cookies.set("session", value);
    assert.equal((await begun.page("/me")).status, 401);

    const refusing = visitor();
    const response = await signIn(refusing, login("discord"), "refusing");
    assert.ok(response.status >= 400 && response.text.includes("access_denied"), `${response.status} ${response.text}`);
    assert.equal(await me(refusing), null);
    // From there it goes on at the provider that was chosen, or back to the choice.
    const { text } = await signIn(refusing, login("github"), "refusing");
    for (const link of ["/auth/login?client=github&amp;return_to=%2Fme", "/"])
      assert.ok(text.includes(`<a href="${link}">`), text);
    // A code of one provider is none of the other's.
    const mixed = visitor();
    const { location } = await mixed.page(login("github"));
    const other = await providers.reach((await visitor().page(login("discord"))).location, {
      headers: { "x-test-user": "moderator" },
    });
    const back = new URL(callback);
    back.searchParams.set("code", new URL(other.headers.location).searchParams.get("code"));
    back.searchParams.set("state", new URL(location).searchParams.get("state"));
    const refused = await mixed.page(back.pathname + back.search);
    assert.ok(refused.status >= 400, String(refused.status));
    assert.equal(await me(mixed), null);
  });
}

/** Starts the Worker for an origin. Whatever it asks for goes to loopback, under the name it asked for. */
export async function startWorkerSocial(origin, port, providers) {
  const { out, modules } = await bundleExample("worker-social");
  await startMiniflare(out, {
    modules,
    port,
    objects: { STORE: "CountersignStore" },
    variables: {
      ORIGIN: origin,
      DISCORD_CLIENT_ID: CLIENTS.discord.id,
      DISCORD_CLIENT_SECRET: CLIENTS.discord.secret,
      GITHUB_CLIENT_ID: CLIENTS.github.id,
      GITHUB_CLIENT_SECRET: CLIENTS.github.secret,
      GUILD_ID: GUILD,
      COOKIE_SECRET: randomBytes(32).toString("base64"),
    },
    async outbound(request) {
      const headers = Object.fromEntries(request.headers);
      const body = request.method === "GET" ? undefined : Buffer.from(await request.arrayBuffer());
      const {
        status,
        headers: fields,
        text,
      } = await providers.reach(request.url, { method: request.method, headers, body });
      return { status, headers: { "content-type": fields["content-type"] }, text };
    },
  });
}
