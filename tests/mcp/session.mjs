// One person with one client: connects, signs in when told to, calls tools.

import { oauthClient } from "./client.mjs";
import { resource } from "./names.mjs";

export class Session {
  #generation;
  #fetch;
  #client;
  #transport;

  constructor(generation, fetch, identity) {
    this.#generation = generation;
    this.#fetch = fetch;
    this.provider = oauthClient(identity);
  }

  /** Connects, and after a sign-in once more. */
  async connect() {
    await this.#withSignIn(() => this.#open());
  }

  /** Answers the text of a tool's result. A sign-in on the way is made, and the call repeated. */
  async call(name, args = {}) {
    const result = await this.#withSignIn(() => this.#client.callTool({ name, arguments: args }));
    if (result.isError) throw new Error(result.content[0].text);
    return result.content[0].text;
  }

  async tools() {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name);
  }

  close() {
    return this.#client?.close();
  }

  async #open() {
    const { Client, Transport, options } = this.#generation;
    this.#client = new Client({ name: "tests", version: "1.0.0" }, options);
    this.#transport = new Transport(new URL(resource), { authProvider: this.provider, fetch: this.#fetch });
    await this.#client.connect(this.#transport);
  }

  async #withSignIn(attempt) {
    try {
      return await attempt();
    } catch (error) {
      const { callback } = this.provider.saved;
      if (!this.#generation.isUnauthorized(error) || callback === undefined) throw error;
      delete this.provider.saved.callback;
      const { searchParams } = callback;
      await this.#transport.finishAuth(searchParams.get("code"), searchParams.get("iss") ?? undefined);
      return attempt();
    }
  }
}
