// A resource server of the suite `client:js`.

import { createServer } from "node:http";

/** An API that wants proofs with its nonce, tells what it was sent, and has an address that redirects. */
export async function startResource() {
  let asked = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/redirect") return response.writeHead(302, { location: "/" }).end();
    asked += 1;
    const { authorization, dpop } = request.headers;
    if (dpop !== undefined) {
      const { nonce } = JSON.parse(Buffer.from(dpop.split(".")[1], "base64url").toString());
      response.setHeader("dpop-nonce", "n-1");
      if (nonce !== "n-1") {
        return response.writeHead(401, { "www-authenticate": 'DPoP error="use_dpop_nonce"' }).end();
      }
    }
    response.end(JSON.stringify({ method: request.method, authorization, dpop, body, asked }));
    asked = 0;
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/notes`, close: () => server.close() };
}
