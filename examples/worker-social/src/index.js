// A web application whose users come from Discord or from GitHub, with a page for moderators of one guild of Discord.

import { discord, github } from "countersign/presets/providers";
import { durableObjectStore } from "countersign/stores";
import { createClient, createWebAuth } from "countersign/web";

import { aboutPage, homePage, membersPage, messagePage } from "./pages.js";
import { MANAGE_MESSAGES, permissionsIn, may } from "./permissions.js";
import { style } from "./style.js";

export { CountersignStore } from "countersign/stores";

/** Made by the first request of an isolate, which is when Workers have their variables. */
let application;

export default {
  fetch: (request, env) => (application ??= createApplication(env))(request),
};

function createApplication(env) {
  const auth = createWebAuth({
    origin: env.ORIGIN,
    clients: {
      discord: createClient({
        ...discord({ clientId: env.DISCORD_CLIENT_ID, clientSecret: env.DISCORD_CLIENT_SECRET }),
        scope: "identify guilds",
      }),
      github: createClient(github({ clientId: env.GITHUB_CLIENT_ID, clientSecret: env.GITHUB_CLIENT_SECRET })),
    },
    secrets: [env.COOKIE_SECRET],
    store: durableObjectStore(env.STORE),
    // Pages of errors say a code. Why, is here: a wrong secret, a provider that does not answer.
    onError: (error) => {
      if (error.status >= 500) console.error(error);
    },
    // Each provider has names of its own for what it says of users.
    session: { claims: ["sub", "name", "login", "avatar_url", "username", "global_name", "avatar"] },
  });

  return auth.mount(async (request, session) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET") return page(messagePage(session, "There is nothing to send here."), 405);
    switch (pathname) {
      case "/":
        return page(homePage(session));
      case "/style.css":
        return new Response(style, {
          headers: { "content-type": "text/css", "cache-control": "public, max-age=3600" },
        });
      case "/me":
        return session ? page(aboutPage(session)) : page(homePage(session), 401);
      case "/members":
        return session ? members(session) : auth.signIn(request, { client: "discord" });
      default:
        return page(messagePage(session, "There is no such page."), 404);
    }
  });

  async function members(session) {
    // An identifier says nothing without its issuer: GitHub's users have numbers too.
    if (session.issuer !== "https://discord.com") {
      return page(messagePage(session, "This page is for users of Discord.", "/members"), 403);
    }
    let permissions;
    try {
      permissions = await permissionsIn(env.GUILD_ID, await session.accessToken());
    } catch (error) {
      console.error(error);
      return error.code === "session_ended" || error.status === 401
        ? page(messagePage(session, "Discord wants you to sign in again.", "/members"), 401)
        : page(messagePage(session, "Discord does not answer. Try again later."), 503);
    }
    return may(permissions, MANAGE_MESSAGES)
      ? page(membersPage(session))
      : page(messagePage(session, "This page is for moderators of the guild.", "/members"), 403);
  }
}

// The forms of the buttons go to this application, and browsers count where they are sent on to.
const policy =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' https://discord.com https://github.com; base-uri 'none'; frame-ancestors 'none'";

const page = (html, status = 200) =>
  new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "private, no-store",
      vary: "Cookie",
    },
  });
