import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CliAuthError } from "./error.js";
import { page, PAGE_HEADERS } from "./pages.js";

/** The longest address that is read. */
const MAX_ADDRESS = 16_384;
/** Connections at a time: a browser's, and no more of whoever else there is. */
const MAX_CONNECTIONS = 16;

/** How long the last page has to reach its reader, in milliseconds. */
const LINGER = 500;

/** What became of one request to the redirect URI. */
export type Answered =
  | { readonly kind: "done" }
  /** It was not the response that is waited for. */
  | { readonly kind: "other" }
  | { readonly kind: "failed"; readonly message: string };

/** Where the browser comes back to. */
export interface Loopback {
  readonly redirectUri: string;
  /** Waits until a request is the response, and judges one at a time. */
  wait(judge: (query: string) => Promise<Answered>): Promise<void>;
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** `127.0.0.1` is what RFC 8252 §8.3 wants. `localhost` is for servers that know no other. */
  readonly host: "127.0.0.1" | "[::1]" | "localhost";
  /** 0: one that is free. */
  readonly port: number;
  readonly path: string;
}

/** Listens on loopback alone (RFC 8252 §7.3). */
export async function listen({ host, port, path }: LoopbackOptions): Promise<Loopback> {
  let judge: ((query: string) => Promise<Answered>) | undefined;
  let turn: Promise<void> = Promise.resolve();
  let isOver = false;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = (status: number, title: string, text: string, more: object = {}) =>
      new Promise<void>((resolve) => {
        // Whoever has gone meanwhile is not waited for: `close` comes once.
        if (response.closed) {
          resolve();
          return;
        }
        response.once("close", resolve);
        response
          .writeHead(status, { ...PAGE_HEADERS, ...more })
          .end(request.method === "HEAD" ? "" : page(title, text));
      });
    // A name of somebody else's that leads here is somebody else's page.
    if (request.headers.host !== authority) return answer(421, "Not here", "This server has another name.");
    const [where = "", query = ""] = splitOnce(request.url ?? "");
    if (where !== path) return answer(404, "Not found", "Nothing is to be seen here.");
    if (request.method !== "GET")
      return answer(405, "Not so", "This address is for browsers that come back.", { allow: "GET" });
    if (query.length > MAX_ADDRESS) return answer(414, "Too long", "The address is too long.");
    if (isOver) return answer(410, "It is over", "This sign-in has ended already: close the window.");
    const outcome: Answered = (await judge?.(query)) ?? { kind: "other" };
    if (outcome.kind === "other") {
      return answer(400, "Not this sign-in", "This is no response to the sign-in that is waited for in the terminal.");
    }
    isOver = true;
    if (outcome.kind === "done") await answer(200, "Signed in", "Close the window, and go on in the terminal.");
    else await answer(400, "Not signed in", outcome.message);
    finish();
  };
  const servers: Server[] = [];
  const serve = async (address: string, at: number) => {
    const server = createServer(
      { maxHeaderSize: 2 * MAX_ADDRESS, requestTimeout: 10_000, headersTimeout: 10_000 },
      (request, response) => {
        // One at a time: a code can be used once.
        turn = turn
          .then(() => handle(request, response))
          .catch(() => {
            response.destroy();
          });
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address, port: at, exclusive: true }, resolve);
    });
    servers.push(server);
    return (server.address() as { port: number }).port;
  };
  const close = async () => {
    await Promise.all(
      servers.map((server) => {
        const closed = new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
        });
        // The last page may be under way still.
        const late = setTimeout(() => {
          server.closeAllConnections();
        }, LINGER);
        return closed.then(() => {
          clearTimeout(late);
        });
      }),
    );
  };
  let bound: number;
  try {
    bound = await serve(host === "[::1]" ? "::1" : "127.0.0.1", port);
    // Browsers try both addresses of the name: whoever listened at the other one would get the code.
    if (host === "localhost") await serve("::1", bound).catch(ignoreMissing);
  } catch (error) {
    await close();
    const { code } = error as { code?: string };
    throw new CliAuthError("listen_failed", `no port on ${host} can be listened at: ${code ?? String(error)}`, error);
  }
  const authority = `${host}:${bound}`;
  return {
    redirectUri: `http://${authority}${path}`,
    wait: (by) => {
      judge = by;
      return finished;
    },
    close,
  };
}

/** Machines without IPv6 have nobody there. */
function ignoreMissing(error: unknown): void {
  const { code } = error as { code?: string };
  if (code !== "EADDRNOTAVAIL" && code !== "EAFNOSUPPORT") throw error;
}

function splitOnce(address: string): string[] {
  const at = address.indexOf("?");
  return at < 0 ? [address] : [address.slice(0, at), address.slice(at + 1)];
}
