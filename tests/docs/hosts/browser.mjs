// Requests as browsers make them.

import { request } from "node:http";

/** Sends what browsers say of a navigation, which Node's `fetch` writes by itself. */
export const asBrowser = (url) => (to, headers) =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(to, url), { headers }, async (response) => {
      const fields = new Headers();
      for (const [name, value] of Object.entries(response.headers))
        for (const line of [value].flat()) fields.append(name, line);
      const chunks = await response.toArray();
      resolve({ status: response.statusCode, headers: fields, text: Buffer.concat(chunks).toString() });
    });
    sent.once("error", reject);
    sent.end();
  });
