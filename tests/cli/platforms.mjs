// What the command line does on systems that these tests do not run on: by the system's name, over the module itself.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

import { root } from "../support/package.mjs";
import { emptyFolder, run } from "./support.mjs";

/** A module of the package without imports. */
async function moduleOf(name) {
  const source = readFileSync(path.join(root, "js/cli", `${name}.ts`), "utf8");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: "ES2022", module: "ES2022" } });
  const file = path.join(emptyFolder(`module-${name}`), `${name}.mjs`);
  writeFileSync(file, outputText);
  return import(pathToFileURL(file).href);
}

export async function platformSuite(check) {
  const { isDeviceName, openerOf, persistently, stateFolder } = await moduleOf("platform");
  const failing = (code, times) => {
    const work = async () => {
      work.calls += 1;
      if (work.calls <= times) throw Object.assign(new Error(code), { code });
      return "done";
    };
    work.calls = 0;
    return work;
  };

  await check("the folder for the state of programs, by system", () => {
    const { win32, posix } = path;
    for (const [platform, env, home, join, expected] of [
      ["linux", {}, "/home/a", posix.join, "/home/a/.local/state/countersign"],
      ["linux", { XDG_STATE_HOME: "/state" }, "/home/a", posix.join, "/state/countersign"],
      ["linux", { XDG_STATE_HOME: "state" }, "/home/a", posix.join, "/home/a/.local/state/countersign"],
      ["freebsd", { LOCALAPPDATA: "/x" }, "/home/a", posix.join, "/home/a/.local/state/countersign"],
      ["darwin", { XDG_STATE_HOME: "/s" }, "/Users/a", posix.join, "/Users/a/Library/Application Support/countersign"],
      ["win32", { LOCALAPPDATA: "C:\\L" }, "C:\\Users\\a", win32.join, "C:\\L\\countersign"],
      ["win32", { LOCALAPPDATA: "" }, "C:\\Users\\a", win32.join, "C:\\Users\\a\\.local\\state\\countersign"],
      ["win32", { XDG_STATE_HOME: "/s" }, "C:\\Users\\a", win32.join, "C:\\Users\\a\\.local\\state\\countersign"],
    ]) {
      assert.equal(stateFolder(platform, env, home, join), expected, `${platform} ${JSON.stringify(env)}`);
    }
  });

  await check("the program that opens the browser, by system: no shell", () => {
    assert.deepEqual(openerOf("linux", {}), ["xdg-open"]);
    assert.deepEqual(openerOf("darwin", { BROWSER: "" }), ["open"]);
    assert.deepEqual(openerOf("win32", {}), ["rundll32", "url.dll,FileProtocolHandler"]);
    for (const platform of ["linux", "darwin", "win32"]) {
      assert.deepEqual(openerOf(platform, { BROWSER: "my browser" }), ["my browser"]);
    }
  });

  await check("names of Windows' devices are no accounts", async () => {
    for (const name of ["con", "NUL", "aux.work", "COM1", "lpt9.x"]) assert.ok(isDeviceName(name), name);
    for (const name of ["console", "work.con", "com", "lpt10x", "default"]) assert.ok(!isDeviceName(name), name);
    const { code, err } = await run(["token", "--as", "nul"]);
    assert.equal(code, 2);
    assert.match(err, /device on Windows/);
  });

  await check(
    "a file that is open is replaced in a moment on Windows, and nothing is tried twice elsewhere",
    async () => {
      for (const code of ["EPERM", "EACCES", "EBUSY"]) {
        const work = failing(code, 4);
        assert.equal(await persistently("win32", work), "done");
        assert.equal(work.calls, 5);
        for (const platform of ["linux", "darwin"]) {
          const once = failing(code, 1);
          await assert.rejects(persistently(platform, once), { code });
          assert.equal(once.calls, 1);
        }
      }
      for (const code of ["ENOENT", "EEXIST", "ENOSPC"]) {
        const once = failing(code, 1);
        await assert.rejects(persistently("win32", once), { code });
        assert.equal(once.calls, 1);
      }
      const [begun, ever] = [Date.now(), failing("EBUSY", Infinity)];
      await assert.rejects(persistently("win32", ever), { code: "EBUSY" });
      assert.ok(ever.calls === 11 && Date.now() - begun < 10_000);
    },
  );
}
