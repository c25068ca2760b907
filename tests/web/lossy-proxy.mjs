// A proxy before the authorization server, which loses answers to refreshes as it is told.

import { Agent, createServer, request as send } from "node:http";
import { buffer } from "node:stream/consumers";

import { atEnd } from "../support/processes.mjs";

/** What may happen to one refresh. Those of `LOSSES` happen after the server has spent the token. */
export const FAULTS = ["late", "429", "500", "503", "unsent"];
export const LOSSES = ["lost", "cut"];

/** Milliseconds */
const LATENESS = 300;

/**
 * Listens on loopback. `upstream` is where it sends to, as soon as that is known; `client(id)` what it does for one client:
 *
 *   next       what happens to its next refresh: one of `FAULTS` or `LOSSES`; afterwards nothing until it is told again
 *   always     what happens to each refresh
 *   repeats    a refresh token that comes again gets the answer that it had, as servers with a reuse interval do
 *   unseen     how many answers with tokens were lost
 */
export async function startProxy() {
  const proxy = { upstream: undefined, fault: undefined, client };
  const clients = new Map();
  function client(id) {
    if (!clients.has(id))
      clients.set(id, {
        next: undefined,
        always: undefined,
        repeats: false,
        unseen: 0,
        faults: {},
        answers: new Map(),
      });
    return clients.get(id);
  }

  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const form = request.url === "/token" ? new URLSearchParams(body.toString()) : undefined;
    try {
      if (form?.get("grant_type") === "refresh_token") await refresh(request, body, form, response);
      else reply(response, await forward(request, body));
    } catch (error) {
      proxy.fault = error; // A defect of the suite, and not of what is tested.
      response.destroy();
    }
  });

  async function refresh(request, body, form, response) {
    const [, credentials] = request.headers.authorization.split(" ");
    const own = client(decodeURIComponent(Buffer.from(credentials, "base64").toString().split(":", 1)[0]));
    const fault = own.always ?? own.next;
    own.next = undefined;
    if (fault !== undefined) own.faults[fault] = (own.faults[fault] ?? 0) + 1;
    if (/^\d+$/.test(fault)) return reply(response, failure(Number(fault)));
    if (fault === "unsent") return response.destroy();
    const token = form.get("refresh_token");
    const answer = await ((own.repeats && own.answers.get(token)) || remembered(own, token, forward(request, body)));
    if (fault === "late") await new Promise((resolve) => setTimeout(resolve, LATENESS));
    if (!LOSSES.includes(fault)) return reply(response, answer);
    if (answer.status === 200) own.unseen += 1;
    if (fault === "lost") return response.destroy();
    response.writeHead(answer.status, answer.headers);
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  }

  /** Also for one that comes while the first is under way. */
  function remembered(own, token, answer) {
    own.answers.set(token, answer);
    return answer;
  }

  /** The server's whole answer. */
  function forward({ method, url, headers }, body) {
    return new Promise((resolve, reject) => {
      // The server makes its addresses of `Host`.
      const sent = send(new URL(url, proxy.upstream), { method, headers, agent }, async (answer) => {
        const { "transfer-encoding": _, ...kept } = answer.headers;
        resolve({ status: answer.statusCode, headers: kept, body: await buffer(answer) });
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }

  function reply(response, { status, headers, body }) {
    response.writeHead(status, headers);
    response.end(body);
  }

  server.keepAliveTimeout = 120_000; // Nobody finds a connection closed that was there: on a busy machine that happens.
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.closeAllConnections();
    agent.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  proxy.origin = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}

/** Of a server or of what stands before it: some in JSON, as RFC 6749 has it, some as pages. */
function failure(status) {
  const json = status !== 500;
  const headers = {
    "content-type": json ? "application/json" : "text/html",
    ...(status === 429 && { "retry-after": "1" }),
  };
  return { status, headers, body: json ? '{"error":"temporarily_unavailable"}' : "<h1>Internal Server Error</h1>" };
}
