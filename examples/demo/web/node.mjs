// The application on Node, whose requests become those of `fetch`.

import { createServer } from "node:http";
import { Readable } from "node:stream";

import { createApplication } from "./app.mjs";

const { ORIGIN } = process.env;
const application = createApplication({ HOST: "Node", ...process.env });

createServer(async (incoming, outgoing) => {
  try {
    const { method, url, headers } = incoming;
    const hasBody = method !== "GET" && method !== "HEAD";
    const body = hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
    const response = await application(new Request(ORIGIN + url, { method, headers, ...body }));
    const fields = Object.fromEntries(response.headers);
    outgoing.writeHead(response.status, { ...fields, "set-cookie": response.headers.getSetCookie() });
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
}).listen(new URL(ORIGIN).port, "127.0.0.1", () => console.log(`${ORIGIN}/`));
