// fief-server from PyPI, in a virtual environment of its own.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

export const execute = promisify(execFile);
const VERSION = "0.27.0";

/**
 * Installs it into `venv`, which takes a minute, and no time when it is there. Answers why it cannot be, where it cannot.
 *
 * Its requirements are pinned, but for click, whose later versions its command line does not work with. One of them would
 * have to be compiled, for a database that is not used here: its binary takes the place.
 */
export async function install(folder, venv) {
  const pip = (...args) =>
    execute(path.join(venv, "bin", "python"), ["-m", "pip", ...args, "--quiet", "--disable-pip-version-check"], {
      cwd: folder,
    });
  const stamp = path.join(venv, "countersign-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === VERSION) return undefined;
  console.log(`installing fief-server ${VERSION}`);
  for (const old of [venv, path.join(folder, "wheels")]) rmSync(old, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await execute("python3", ["-m", "venv", venv]);
    await pip("download", "--no-deps", "--dest", "wheels", `fief-server==${VERSION}`);
    const wheel = readdirSync(path.join(folder, "wheels")).find((name) => name.endsWith(".whl"));
    const print = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name = next(name for name in wheel.namelist() if name.endswith("METADATA"))
for line in wheel.read(name).decode().splitlines():
    if line.startswith("Requires-Dist: ") and "extra ==" not in line:
        print(line[15:].replace("psycopg2==", "psycopg2-binary=="))
print("click==8.1.7")
`;
    const { stdout } = await execute(path.join(venv, "bin", "python"), ["-c", print, `wheels/${wheel}`], {
      cwd: folder,
    });
    writeFileSync(path.join(folder, "requirements.txt"), stdout);
    await pip("install", "--prefer-binary", "--requirement", "requirements.txt");
    await pip("install", "--no-deps", `wheels/${wheel}`);
    writeFileSync(stamp, VERSION);
    return undefined;
  } catch (error) {
    const last = String(error.stderr ?? error)
      .trim()
      .split("\n")
      .at(-1);
    return `fief-server ${VERSION} cannot be installed here: ${last}`;
  }
}
