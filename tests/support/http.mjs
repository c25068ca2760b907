// HTTP from outside, with as little of our own time in it as Node allows: one kept-alive connection, one request at a time.

import { Agent, request } from "node:http";

/** A function that sends one GET after the other to `url` and answers { status, headers, body, microseconds }. */
export function client(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (headers = {}) =>
    new Promise((resolve, reject) => {
      const start = process.hrtime.bigint();
      const sent = request(url, { agent, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const microseconds = Number(process.hrtime.bigint() - start) / 1000;
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
            microseconds,
          });
        });
      });
      sent.on("error", reject);
      sent.end();
    });
  return { send, close: () => agent.destroy() };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
