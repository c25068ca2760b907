import { randomBytes } from "node:crypto";
import { open, readFile, readlink, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { CliAuthError } from "./error.js";
import { persistently } from "./platform.js";

/** How long a lock is waited for, in milliseconds. A token request takes no longer than that. */
const LONGEST_WAIT = 60_000;
/** How often a lock says that its process is there. */
const BEAT = 5_000;
/** After so long without one it is abandoned: that of a process that may be a later one of the same number … */
const SILENT = 300_000;
/** … that of another machine or container, which nobody can ask … */
const SILENT_ELSEWHERE = 60_000;
/** It must be silent for so long yet under the eyes of who waits: after a machine's sleep all locks are, and go on. */
const WATCH = 2 * BEAT;
/** … and the lock of whoever takes away a lock, which takes no time. */
const SILENT_BREAKER = 10_000;
const PAUSE = 50;

/** Runs something that one process at a time may do, by a file that only one can make (`O_EXCL`). */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const id = randomBytes(16).toString("hex");
  const own = JSON.stringify({ id, pid: process.pid, host: hostname(), numbering: await numbering() });
  const deadline = performance.now() + LONGEST_WAIT;
  let silentFrom: number | undefined;
  while (!(await created(file, own))) {
    const state = await stateOf(file);
    silentFrom = state === "silent" ? (silentFrom ?? performance.now()) : undefined;
    const isAbandoned = state === "gone" || (silentFrom !== undefined && performance.now() - silentFrom >= WATCH);
    // An abandoned one may be one that cannot be taken away.
    if (performance.now() > deadline) {
      throw new CliAuthError("locked", `another process holds ${file}: if there is none, delete it`);
    }
    if (isAbandoned) await remove(file);
    else await new Promise((resolve) => setTimeout(resolve, PAUSE + Math.random() * PAUSE));
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), BEAT);
  (beat as unknown as { unref(): void }).unref(); // Node's is an object.
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Somebody may have taken it for abandoned, while this process was halted.
    if ((await holder(file))?.id === id) await gone(file);
  }
}

async function created(file: string, text: string): Promise<boolean> {
  try {
    const handle = await persistently(process.platform, async () => open(file, "wx", 0o600));
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EEXIST") return false;
    // A lock that could not be written is nobody's.
    if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") await gone(file);
    throw new CliAuthError("file_failed", `${file} cannot be written: ${code ?? String(error)}`, error);
  }
}

interface Holder {
  readonly id?: unknown;
  readonly pid?: unknown;
  readonly host?: unknown;
  readonly numbering?: unknown;
}

async function holder(file: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that made the lock is there. `silent`: it has not said so for long. */
async function stateOf(file: string): Promise<"held" | "silent" | "gone"> {
  const silence = await silenceOf(file);
  if (silence === undefined) return "held";
  const made = await holder(file);
  // It is being written, or its process ended before it was.
  if (made === undefined) return silence > SILENT_BREAKER ? "gone" : "held";
  const isElsewhere =
    made.host !== hostname() || (made.numbering !== undefined && made.numbering !== (await numbering()));
  if (isElsewhere) return silence > SILENT_ELSEWHERE ? "silent" : "held";
  if (typeof made.pid === "number" && !isRunning(made.pid)) return "gone";
  return silence > SILENT ? "silent" : "held";
}

/**
 * Whose process IDs these are. Containers may share a user's files and a machine's name, and each numbers its processes from 1:
 * so it is the running kernel and its namespace of processes, where there are such.
 */
async function numbering(): Promise<string> {
  try {
    const [boot, namespace] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readlink("/proc/self/ns/pid"),
    ]);
    return `${boot.trim()} ${namespace}`;
  } catch {
    return process.platform;
  }
}

async function silenceOf(file: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's.
    return (error as { code?: string }).code === "EPERM";
  }
}

/**
 * Takes an abandoned lock away, one process at a time: else one that has found it abandoned could take away the lock that
 * the next has made since.
 */
async function remove(file: string): Promise<void> {
  const breaker = `${file}-breaker`;
  if (!(await created(breaker, ""))) {
    const silence = await silenceOf(breaker);
    if (silence !== undefined && silence > SILENT_BREAKER) await gone(breaker);
    return;
  }
  try {
    if ((await stateOf(file)) !== "held") await gone(file);
  } finally {
    await gone(breaker);
  }
}

async function gone(file: string): Promise<void> {
  await persistently(process.platform, async () => unlink(file)).catch(() => undefined);
}
