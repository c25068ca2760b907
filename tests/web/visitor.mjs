// Somebody with a browser: cookies of the application, and an account at the authorization server.

import { request } from "node:http";

import { signIn, userAgent } from "../../examples/demo/login.mjs";

const PAGE = {
  accept: "text/html",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "none",
};
const CALL = { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" };

export class Visitor {
  cookies = new Map();
  /** The browser at the authorization server. */
  browse = userAgent();

  constructor(origin, account) {
    this.origin = origin;
    this.account = account;
  }

  /** Goes to a page, by a link or by its address. */
  page(path, headers) {
    return this.#send("GET", path, { ...PAGE, ...headers });
  }

  /** Calls as a script of a page does. */
  call(path, { method = "GET", headers, body } = {}) {
    return this.#send(method, path, { ...CALL, ...headers }, body);
  }

  /** Sends the form of a page. */
  submit(path, fields = {}) {
    const headers = { ...PAGE, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" };
    return this.#send("POST", path, headers, new URLSearchParams(fields).toString());
  }

  /** Goes to a page, signs in at the authorization server, and comes back. Answers the last response. */
  async signIn(path) {
    const begun = await this.page(path);
    if (begun.status !== 303) throw new Error(`${path} answers ${begun.status} ${begun.text}`);
    const callback = await signIn(this.browse, begun.location, `${this.origin}/auth/callback`, this.account);
    this.callback = callback.slice(this.origin.length);
    const response = await this.page(this.callback, { "sec-fetch-site": "cross-site" });
    if (response.status !== 303) throw new Error(`the callback answers ${response.status} ${response.text}`);
    return response;
  }

  /** Signs out at the application, and then at the authorization server, which asks. */
  async signOut() {
    const { status, location } = await this.submit("/auth/logout");
    if (status !== 303) throw new Error(`the sign-out answers ${status}`);
    const { text, location: at } = await this.browse(location);
    if (at !== null) return at;
    const action = /<form[^>]* action="([^"]*)"/.exec(text)[1];
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(text)[1];
    return (await this.browse(action, { xsrf, logout: "yes" })).location;
  }

  #send(method, path, headers, body) {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const fields = { ...headers, ...(cookie !== "" && { cookie }) };
    // Each by a connection of its own: one that has been idle, the server may close as we send.
    const options = { agent: false, method, headers: fields };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.origin), options, async (response) => {
        let text = "";
        response.setEncoding("utf8");
        for await (const chunk of response) text += chunk;
        const set = response.headers["set-cookie"] ?? [];
        this.#take(set);
        const { statusCode: status, headers: received } = response;
        resolve({ status, text, set, headers: received, location: received.location });
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }

  #take(set) {
    for (const line of set) {
      const [pair] = line.split(";", 1);
      const at = pair.indexOf("=");
      if (line.includes("Max-Age=0;")) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}
