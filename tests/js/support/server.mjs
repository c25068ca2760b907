// A key server on loopback that does as it is told.

import { createServer } from "node:http";

/** Starts a server whose answers are `server.handle(request, response)`, which may be replaced. */
export async function serve(handle) {
  const server = { handle, requests: [] };
  const http = createServer((request, response) => {
    server.requests.push(request.url);
    server.headers = request.headers;
    server.handle(request, response);
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  server.origin = `http://127.0.0.1:${http.address().port}`;
  server.close = () => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  };
  return server;
}

export const json = (value) => (request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(typeof value === "string" ? value : JSON.stringify(value));
};

export const status =
  (code, headers = {}) =>
  (request, response) => {
    response.writeHead(code, headers);
    response.end("no");
  };
