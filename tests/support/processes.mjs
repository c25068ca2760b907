// Child processes and other things that must end when we do, whichever way we end.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

const closers = new Set();
const running = new Set();

/** Registers something to close at the end. Answers a function that closes it at once. */
export function atEnd(close) {
  const once = async () => {
    if (closers.delete(once)) await close();
  };
  closers.add(once);
  return once;
}

/** Closes everything that is open, the newest first. */
export async function endAll() {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch {
      // What is left to end is ended below, with the process.
    }
  }
}

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await endAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

/**
 * Starts a server and waits until it says that it is ready: `ready(line)` is called with each line of its output (of
 * file descriptor `fd`) and answers something other than undefined once it is. One that says nothing is ready when the
 * address `listens` answers. The rest of its output goes to `log`.
 */
export async function startServer(command, args, { ready, listens, log, fd = 1, timeout = 20_000, ...options }) {
  mkdirSync(path.dirname(log), { recursive: true });
  const stdio = ["ignore", "pipe", "pipe"];
  while (stdio.length <= fd) stdio.push("pipe");
  const child = spawn(command, args, { ...options, stdio });
  running.add(child);

  const logFile = createWriteStream(log);
  child.stdout.pipe(logFile, { end: false });
  child.stderr.pipe(logFile, { end: false });

  const exited = new Promise((resolve) => child.once("close", resolve)).then(() => {
    running.delete(child);
    logFile.end();
  });
  const close = atEnd(async () => {
    child.kill("SIGTERM");
    const stubborn = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await exited;
    clearTimeout(stubborn);
  });

  const name = path.basename(command);
  const answer = await new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${name} was not ready after ${timeout / 1000} s: see ${log}`)),
      timeout,
    );
    child.once("error", reject);
    if (listens !== undefined) void answered(listens, Date.now() + timeout).then(resolve);
    child.once("close", (code) => reject(new Error(`${name} ended with status ${code}: see ${log}`)));
    createInterface({ input: child.stdio[fd] }).on("line", (line) => {
      const value = ready(line);
      if (value === undefined) return;
      clearTimeout(late);
      resolve(value);
    });
  }).catch(async (error) => {
    await close();
    throw error;
  });
  return { answer, pid: child.pid, close };
}

/** Resolves when an address answers. */
async function answered(url, end) {
  while (Date.now() < end) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response.status;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return undefined;
}
