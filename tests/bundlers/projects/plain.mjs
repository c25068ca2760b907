// No bundler: the oldest versions of Node's release lines, Bun and Deno with what each makes of a program itself.

import path from "node:path";
import { cpSync } from "node:fs";

import { root } from "../../support/package.mjs";
import { ok } from "../rows.mjs";
import { alone, apps, emitted, lineIn, run, write } from "../support.mjs";

/** npm has Node itself. By its package for each platform, since the one named `node` fetches those by a script. */
const OLD = { "node-20.0": "20.0.0", "node-22.0": "22.0.0" };
const platform = `node-${process.platform === "darwin" ? "bin-darwin" : process.platform}-${process.arch}`;

const BYTES = ["auth.bytes", "core.bytes", "engine.bytes"];
const BUN_TEST = `import { expect, test } from "bun:test";
import { check } from "./check.js";

test("the program", async () => {
  const line = await check();
  console.log(line);
  expect(line).toMatch(/^OK bun/);
});
`;

export const plain = {
  name: "plain",
  packages: Object.fromEntries(Object.entries(OLD).map(([alias, version]) => [alias, `npm:${platform}@${version}`])),
  async run({ folder, artifacts, row }) {
    cpSync(apps, folder, { recursive: true });
    const say = async (program, args, cwd = folder) => lineIn(await run(program, args, { cwd }));

    const olds = Object.keys(OLD).map((alias) => [alias, path.join(folder, "node_modules", alias, "bin/node")]);
    for (const [name, program] of [...olds, [`node ${process.versions.node}`, process.execPath]]) {
      await row(`${name}, import`, { said: ok("node") }, () => say(program, ["app.mjs"]));
      const kind = olds.some(([old]) => old === name) ? "twin" : "same";
      await row(`${name}, require`, { said: `OK alice ${kind} instance` }, () => say(program, ["require.cjs"]));
    }

    const tool = (name) => path.join(root, "node_modules/.bin", name);
    const [bun, deno] = ["bun", "deno"].map(tool);
    await row("bun, import", { said: ok("bun") }, () => say(bun, ["run", "app.mjs"]));
    await row("bun, require", { said: "OK alice same instance" }, () => say(bun, ["run", "require.cjs"]));
    await row("bun test", { said: ok("bun") }, async () => {
      write(folder, { "app.test.js": BUN_TEST });
      return lineIn(await run(bun, ["test", "./app.test.js"], { cwd: folder }));
    });
    const build = (output, args) => run(bun, ["build", "app.mjs", ...args, output], { cwd: folder });
    for (const [target, host] of [
      ["bun", "bun"],
      ["node", "node"],
    ]) {
      await row(`bun build for ${target}`, { said: ok(host), emitted: BYTES }, async () => {
        await build(`--outfile=out-${target}/app.mjs`, [`--target=${target}`]);
        const output = alone(path.join(folder, `out-${target}`));
        const program = target === "bun" ? bun : process.execPath;
        return { said: await say(program, ["app.mjs"], output), emitted: emitted(artifacts, output) };
      });
    }
    await row("bun build --compile", { said: ok("bun") }, async () => {
      await build("--outfile=out-compiled/app", ["--compile"]);
      return say("./app", [], alone(path.join(folder, "out-compiled")));
    });

    const manual = "--node-modules-dir=manual";
    const quiet = ["--quiet", "--no-prompt", manual];
    await row("deno, import, no permissions", { said: ok("deno") }, () => say(deno, ["run", ...quiet, "app.mjs"]));
    await row("deno, require", { said: "OK alice same instance" }, () =>
      // To find a module by `require`, Deno itself reads package.json.
      say(deno, ["run", ...quiet, "--allow-read=.", "require.cjs"]),
    );
    await row("deno bundle", { said: ok("deno"), emitted: BYTES }, async () => {
      await run(deno, ["bundle", "--quiet", manual, "--output=out-deno/app.mjs", "app.mjs"], { cwd: folder });
      const output = alone(path.join(folder, "out-deno"));
      const said = await say(deno, ["run", "--quiet", "--no-prompt", "app.mjs"], output);
      return { said, emitted: emitted(artifacts, output) };
    });
  },
};
