// For `--serve`: a page to sign in by hand and to send the tokens to each host.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { atEnd } from "../../tests/support/processes.mjs";
import { style } from "./web/pages.mjs";

export async function startPlayground(
  countersign,
  { server, apis, clientId, audience, worker, node, page, inspector },
) {
  const transactions = new Map(); // By the identifier in the browser's cookie, so that a callback is the same browser's.
  let origin;

  const routes = {
    "/": () => ({
      html: `<h1>Countersign demo</h1><p>Sign in at the provider (any name, any password) for a token for:</p>
        <ul>${Object.entries(apis)
          .map(
            ([name, api]) =>
              `<li><a href="/login?api=${name}">${escape(api.resource)}</a>: ${api.algorithm}, ${api.seconds} s</li>`,
          )
          .join("")}</ul>
        <p><a href="${page}">Verify a token in the browser</a>, <a href="${inspector}">inspect one</a>, or call without a token: <a href="${worker}">worker-api</a>, <a href="${node}">node-api</a>.</p>`,
    }),

    "/login": ({ query }) => {
      const { resource } = apis[query.get("api")] ?? apis.rs256;
      const redirectUri = `${origin}/callback`;
      const { url, transaction } = countersign.createAuthorizationRequest({
        server,
        clientId,
        redirectUri,
        scope: "openid read",
        params: { resource },
      });
      const id = randomUUID();
      transactions.set(id, transaction);
      return { location: url, cookie: `transaction=${id}; Path=/; HttpOnly; SameSite=Lax` };
    },

    "/callback": async ({ url, cookie }) => {
      const id = /(?:^|; )transaction=([^;]+)/.exec(cookie)?.[1];
      const transaction = transactions.get(id);
      if (!transaction) return { status: 400, html: '<p>No sign-in is under way. <a href="/">Start again</a>.</p>' };
      transactions.delete(id); // Good for one callback.
      const { code } = countersign.parseAuthorizationResponse(url, transaction);
      const { url: endpoint, ...request } = countersign.createTokenRequest({ transaction, code });
      const response = await fetch(endpoint, request);
      const tokens = countersign.parseTokenResponse(response.status, await response.text(), { transaction });
      return { html: tokensPage({ access: tokens.access_token, id: tokens.id_token, nonce: transaction.nonce }) };
    },

    "/call": async ({ query }) => {
      const response = await fetch(query.get("host") === "node" ? node : worker, {
        headers: { authorization: `Bearer ${query.get("token")}` },
      });
      const lines = [
        `HTTP ${response.status}`,
        `WWW-Authenticate: ${response.headers.get("www-authenticate") ?? "–"}`,
        await response.text(),
      ];
      return { html: `<pre>${escape(lines.join("\n"))}</pre><p><a href="/">Start again</a></p>` };
    },
  };

  const tokensPage = ({ access, id, nonce }) => {
    const call = (token, host) =>
      `<a href="/call?${new URLSearchParams({ host, token })}">${host === "node" ? "node-api" : "worker-api"}</a>`;
    const inPage = (form) => `<a href="${page}#${new URLSearchParams(form)}">the page</a>`;
    const inspected = (form) =>
      `<a href="${inspector}#${new URLSearchParams({ issuer: server.issuer, ...form })}">the inspector</a>`;
    return `<h1>Signed in</h1>
      <h2>Access token</h2><p><code>${escape(access)}</code></p>
      <p>Send it to ${call(access, "worker")}, to ${call(access, "node")}, or to ${inPage({ token: access, audience, profile: "at+jwt" })}; see each check in ${inspected({ token: access, audience })}.</p>
      <h2>ID token</h2><p><code>${escape(id)}</code></p>
      <p>Send it to ${call(id, "worker")} (which refuses it), or to ${inPage({ token: id, audience: clientId, profile: "id-token", nonce })}; see why in ${inspected({ token: id, audience })}.</p>
      <p><a href="/">Start again</a></p>`;
  };

  const http = createServer(async (request, response) => {
    const url = new URL(request.url, origin);
    let answer;
    try {
      const route = Object.hasOwn(routes, url.pathname)
        ? routes[url.pathname]
        : () => ({ status: 404, html: "Not found" });
      answer = await route({ url: url.href, query: url.searchParams, cookie: request.headers.cookie ?? "" });
    } catch (error) {
      answer = {
        status: error.status ?? 500,
        html: `<p>${escape(error.code ?? "error")}: ${escape(error.message)}</p><p><a href="/">Start again</a></p>`,
      };
    }
    const { status = answer.location ? 303 : 200, html = "", location, cookie } = answer;
    response.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      ...(location && { location }),
      ...(cookie && { "set-cookie": cookie }),
    });
    response.end(
      location
        ? ""
        : `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Countersign demo</title><link rel="icon" href="data:,"><style>${style}</style><main>${html}</main>`,
    );
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    http.close();
    http.closeAllConnections();
  });
  origin = `http://127.0.0.1:${http.address().port}`;
  return `${origin}/`;
}

const escape = (text) => String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
