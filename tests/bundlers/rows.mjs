// The rows of the table: what each set-up has to say and to ship, and what it did.

/** What the program says on a host, with the entry points that have a core. */
export const ok = (host) =>
  `OK ${host} alice alice alice client pkce:43 alice slim alice ${Array(3).fill("signature_invalid").join(" ")}`;

/** Why a row cannot be run on this machine. */
export class Unavailable extends Error {}

export class Rows {
  #passed = 0;
  #skipped = 0;
  #failures = [];

  get counts() {
    return { passed: this.#passed, skipped: this.#skipped, failures: this.#failures };
  }

  /** The rows of one project. */
  of(project) {
    return (name, expected, body) => this.#run(`${project}: ${name}`, expected, body);
  }

  /** Counts what went wrong outside of the rows. */
  fail(name, error) {
    this.#failures.push(`${name}: ${error?.message ?? error}`);
    console.log(`✗ ${name}: ${error?.message ?? error}`);
  }

  /** Says why a project is left out. */
  skip(name, reason) {
    this.#skipped += 1;
    console.log(`- ${name}: skipped, ${reason}`);
  }

  /**
   * Runs one. `said` is what it must say, as text or as a pattern; `emitted` are the artifacts that lie in its output,
   * `fetched` those that a page has asked for, and `shipped` those that a tool uploads.
   */
  async #run(name, expected, body) {
    const began = Date.now();
    let actual;
    try {
      actual = await body();
      if (typeof actual === "string") actual = { said: actual };
    } catch (error) {
      if (error instanceof Unavailable) return this.skip(name, error.message);
      actual = { said: `FAIL ${error?.message ?? error}` };
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    const lists = ["emitted", "fetched", "shipped"].filter((list) => expected[list] ?? actual[list]);
    const wrong = lists.filter((list) => String(actual[list]) !== String(expected[list]));
    const { said } = expected;
    const isSaid = said instanceof RegExp ? said.test(actual.said) : actual.said === said;
    const shown = lists.map((list) => `; ${list}: ${actual[list]?.join(" ") || "none"}`).join("");
    console.log(`${isSaid && wrong.length === 0 ? "✓" : "✗"} ${name} (${seconds} s): ${brief(actual.said)}${shown}`);
    if (isSaid && wrong.length === 0) {
      this.#passed += 1;
      return undefined;
    }
    const reasons = wrong.map((list) => `${list} ${actual[list]} in place of ${expected[list]}`);
    if (!isSaid) reasons.unshift(`said ${JSON.stringify(actual.said)}`);
    this.#failures.push(`${name}: ${reasons.join("; ")}`);
    return undefined;
  }
}

/** A line that is right needs no more than its host. */
const brief = (said) =>
  said
    ?.split("\n")[0]
    .replace(/ alice alice alice .*/, "")
    .slice(0, 160);
