// examples/worker-social in three browsers. What they are sent to Discord and GitHub for, they find on loopback.

import { createServer, request as send } from "node:http";

import { ready, start } from "../support/drivers.mjs";
import { freePort } from "../support/ports.mjs";
import { atEnd } from "../support/processes.mjs";
import { changed, TAMPERINGS } from "../support/tampering.mjs";
import { inBrowsers } from "../web/browsers.mjs";
import { startProviders } from "./social-providers.mjs";
import { startWorkerSocial } from "./worker-social.mjs";

/** Seconds that Discord's access tokens last here. */
const LIFE = 6;

export async function socialBrowsers(check, skip) {
  const applications = [];
  for (const host of ["127.0.0.1", "localhost"]) applications.push(await startApplication(host));
  await inBrowsers(applications, check, skip);
}

async function startApplication(host) {
  const [port, behind] = [await freePort(), await freePort()];
  const origin = `http://${host}:${port}`;
  const providers = await startProviders(`${origin}/auth/callback`);
  providers.state.life = LIFE;
  const tampering = { change: undefined };
  const discord = await startConsent(providers, tampering);
  await startWorkerSocial(origin, behind, providers);
  await startFront(port, behind, discord);
  return {
    name: `worker-social at ${host}`,
    origin,
    secret: "/me",
    account: "moderator",
    hostile: "hostile",
    async begin(page) {
      await page.goto(origin);
      // Whoever is signed in has no such button.
      await ready(page, () => document.querySelector("main") !== null);
      if (!(await page.evaluate(() => document.querySelector("[value=discord]") !== null))) return;
      await start(page, () => document.querySelector("[value=discord]").form.querySelector("button").click());
      await ready(page, () => document.querySelector("#authorize") !== null);
    },
    async approve(page, account) {
      // Once more, where the sign-in has begun again.
      const clicked = (name) => {
        document.querySelector("#authorize:not([data-sent])")?.querySelector(`#${name}`).click();
        document.querySelector("#authorize")?.setAttribute("data-sent", "");
        return document.querySelector("main") !== null && document.readyState === "complete";
      };
      await ready(page, clicked, account);
    },
    refresh: {
      life: LIFE * 1000,
      events: () => ({ ...providers.state }),
      path: "/members",
      shows: /you are a moderator/,
    },
    tampering: {
      state: "transaction_missing",
      code: "transaction_missing",
      error: "authorization_error",
      markup: "authorization_error",
    },
    setFault: (name) => void (tampering.change = TAMPERINGS[name]),
  };
}

/** Where Discord asks its users, who are links here. */
async function startConsent(providers, tampering) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const user = url.searchParams.get("as");
    url.searchParams.delete("as");
    if (user === null) {
      const link = (name) =>
        `<a id="${name}" href="${request.url.replaceAll("&", "&amp;")}&amp;as=${name}">${name}</a>`;
      const html = `<!doctype html><title>Discord</title><p id="authorize">Authorize? ${link("moderator")} ${link("hostile")}</p>`;
      return response.writeHead(200, { "content-type": "text/html" }).end(html);
    }
    const { status, headers } = await providers.reach(`https://discord.com${url.pathname}${url.search}`, {
      headers: { "x-test-user": user },
    });
    const location = tampering.change ? changed(headers.location, tampering.change) : headers.location;
    response.writeHead(status, { location }).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Passes requests to the Worker, and sends browsers to the Discord that is here. */
async function startFront(port, behind, discord) {
  const server = createServer((request, response) => {
    const { method, headers, url: path } = request;
    const passed = send({ host: "127.0.0.1", port: behind, method, headers, path, setHost: false }, (answer) => {
      const fields = Object.entries(answer.headers).map(([name, value]) => [
        name,
        ["location", "content-security-policy"].includes(name) ? value.replace("https://discord.com", discord) : value,
      ]);
      response.writeHead(answer.statusCode, Object.fromEntries(fields));
      answer.pipe(response);
    });
    passed.once("error", () => response.writeHead(502).end());
    request.pipe(passed);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
}
