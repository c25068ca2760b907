// Tokens that Python's libraries have signed:  node tests/ecosystems/run.mjs [COUNT] [SEED]
//
// PyJWT, jwcrypto and joserfc sign with every algorithm that they share with us, and with claims from all of Unicode, escaped
// and raw. Each token is to verify where the verifier names its issuer, audience, subject and claims, and to be read as
// Python meant it: by the package here, and by the Rust crate in tests/ecosystems.rs.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { importPackage, installPackage, root, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { makeVerifiers } from "./verifiers.mjs";

const execute = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const folder = path.join(target, "ecosystems");
const count = Number(process.argv[2] ?? 3000);
const seed = Number(process.argv[3] ?? 20_261_125);

const { python, reason } = await libraries();
if (reason) {
  console.log(`skipped: ${reason}`);
  summarize({ passed: 0, skipped: 1 });
} else {
  const file = path.join(folder, "tokens.json");
  const options = { maxBuffer: 2 ** 28 };
  const { stdout } = await execute(python, [path.join(here, "sign.py"), String(count), String(seed)], options);
  writeFileSync(file, stdout);
  const { passed, failures } = await verifyAll(JSON.parse(stdout));
  const crate = await verifyByCrate(file);
  summarize({ passed: passed + (crate ? 0 : 1), failures: crate ? [...failures, crate] : failures });
}

/** A Python that has the libraries, in an environment that is made anew when what it is to have changes. Or why not. */
async function libraries() {
  const own = await firstOf(["python3", "python"]);
  if (!own) return { reason: "no Python 3.9 or later on this machine" };
  const wanted = path.join(here, "requirements.txt");
  const environment = path.join(folder, "venv");
  const [windows, unix] = [path.join(environment, "Scripts", "python.exe"), path.join(environment, "bin", "python")];
  const python = process.platform === "win32" ? windows : unix;
  const stamp = path.join(environment, "countersign-sha256");
  const digest = createHash("sha256").update(readFileSync(wanted)).update(own.version).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return { python };

  rmSync(environment, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await execute(own.program, ["-m", "venv", environment]);
  } catch (error) {
    return { reason: `${own.program} makes no virtual environment (Debian: install python3-venv): ${lastLine(error)}` };
  }
  try {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15"];
    // Nothing is compiled: what has no binary for this machine is not there.
    await execute(python, ["-m", "pip", "install", ...quiet, "--only-binary", ":all:", "--requirement", wanted]);
  } catch (error) {
    return { reason: `pip cannot install PyJWT, jwcrypto and joserfc: ${lastLine(error)}` };
  }
  writeFileSync(stamp, digest);
  return { python };
}

async function firstOf(programs) {
  for (const program of programs) {
    try {
      const { stdout } = await execute(program, [
        "-c",
        "import sys; assert sys.version_info >= (3, 9); print(sys.version)",
      ]);
      return { program, version: stdout };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

async function verifyAll({ now, jwks, secret, tokens }) {
  const hosts = path.join(target, "hosts", "ecosystems");
  await installPackage(hosts);
  const verifiers = makeVerifiers(await importPackage(hosts), { now, jwks, secret: Uint8Array.from(secret) });
  const failures = [];
  const tally = new Map();
  let passed = 0;
  for (const entry of tokens) {
    const group = `${entry.library} ${entry.meant ? (entry.raw ? "raw" : "escaped") : "spoilt"}`;
    tally.set(group, (tally.get(group) ?? 0) + 1);
    const fault = verifiers.judge(entry);
    if (fault) failures.push(`${group} ${entry.algorithm}: ${fault}: ${entry.token}`);
    else passed += 1;
  }
  console.log([...tally].map(([group, times]) => `${group} ${times}`).join(", "));
  // A generator that no longer reaches every kind would prove nothing.
  const algorithms = new Set(tokens.map(({ algorithm }) => algorithm)).size;
  if (count >= 3000 && (tally.size !== 9 || algorithms !== 11)) failures.push("the tokens are not of every kind");
  return { passed, failures };
}

/** Undefined, or what the Rust crate has against it. */
async function verifyByCrate(file) {
  const test = ["test", "--locked", "--quiet", "--package", "countersign", "--test", "ecosystems"];
  const env = { ...process.env, COUNTERSIGN_ECOSYSTEMS: file };
  try {
    const { stdout } = await execute(process.env.CARGO ?? "cargo", test, { cwd: root, env, maxBuffer: 2 ** 28 });
    return /test result: ok\. [1-9]/.test(stdout) ? undefined : `the Rust crate ran no test: ${stdout}`;
  } catch (error) {
    return `the Rust crate: ${String(error.stdout ?? "").slice(0, 4000)} ${String(error.stderr ?? error).slice(-4000)}`;
  }
}

function lastLine(error) {
  const lines = String(error.stderr || error.message)
    .trim()
    .split("\n");
  return lines.at(-1);
}
