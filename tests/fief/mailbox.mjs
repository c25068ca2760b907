// A mail server for one reader: it takes every message (RFC 5321), and delivers none.

import { createServer } from "node:net";
import { createInterface } from "node:readline";

import { atEnd } from "../support/processes.mjs";

/** Answers its port, and `next(address)`, which waits for a message to that address that nobody has read, and answers its text. */
export async function startMailbox() {
  const messages = [];
  const readers = new Set();
  const deliver = (message) => {
    messages.push(message);
    for (const reader of readers) reader();
  };
  const server = createServer((socket) => receive(socket, deliver));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  const next = (address, within = 20_000) =>
    new Promise((resolve, reject) => {
      const read = () => {
        const index = messages.findIndex(({ to }) => to === address);
        if (index < 0) return;
        clearTimeout(late);
        readers.delete(read);
        resolve(messages.splice(index, 1)[0].text);
      };
      const late = setTimeout(() => reject(new Error(`no message to ${address} came`)), within);
      readers.add(read);
      read();
    });
  return { port: server.address().port, next };
}

function receive(socket, deliver) {
  const say = (line) => socket.write(`${line}\r\n`);
  let [to, lines] = [undefined, undefined];
  socket.on("error", () => socket.destroy());
  say("220 localhost");
  createInterface({ input: socket }).on("line", (line) => {
    if (lines !== undefined) {
      if (line !== ".") return lines.push(line);
      deliver({ to, text: unquoted(lines.join("\n")) });
      lines = undefined;
      return say("250 taken");
    }
    const [command] = line.toUpperCase().split(/[ :]/);
    if (command === "RCPT") to = /<(.*?)>/.exec(line)?.[1];
    if (command === "DATA") lines = [];
    if (command === "DATA") return say("354 go on");
    if (command === "QUIT") return socket.end("221 goodbye\r\n");
    return say("250 yes");
  });
}

/** The text of a quoted-printable message (RFC 2045 §6.7). */
const unquoted = (text) =>
  text
    .replaceAll("=\n", "")
    .replace(/=([0-9A-F]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
