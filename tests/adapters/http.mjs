// Requests as they are written, header field by header field, which no client would send so.

import { connect } from "node:net";

/** Sends one request. Answers { status, headers, text }: `headers` has a list of values for each name. */
export function send(origin, { method = "GET", path = "/api/notes", headers = [] } = {}) {
  const { hostname, port, host } = new URL(origin);
  return answerOf(connect(Number(port), hostname), host, { method, path, headers });
}

/** The same over a socket. */
export async function answerOf(socket, host, { method, path, headers }) {
  const fields = [["Host", host], ["Connection", "close"], ...headers];
  const lines = [`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), "", ""];
  const chunks = [];
  socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to ${method} ${path}`)));
  socket.write(lines.join("\r\n"));
  for await (const chunk of socket) chunks.push(chunk);
  const [head, ...rest] = Buffer.concat(chunks).toString("latin1").split("\r\n\r\n");
  const [first, ...names] = head.split("\r\n");
  const answer = { status: Number(first.split(" ")[1]), headers: {}, text: rest.join("\r\n\r\n") };
  for (const line of names) {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(line);
    (answer.headers[name.toLowerCase()] ??= []).push(value);
  }
  if (answer.headers["transfer-encoding"]?.[0] === "chunked") answer.text = unchunked(answer.text);
  return answer;
}

function unchunked(text) {
  let [whole, rest] = ["", text];
  for (;;) {
    const [, size] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    if (size === undefined || parseInt(size, 16) === 0) return whole;
    const begin = size.length + 2;
    whole += rest.slice(begin, begin + parseInt(size, 16));
    rest = rest.slice(begin + parseInt(size, 16) + 2);
  }
}
