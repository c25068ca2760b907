// The command line as users run it: the program of the installed package, in a pipe or under a pseudo-terminal.

import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";

export const folder = path.join(target, "cli-tests");
export const installed = await installPackage(folder);
/** What npm has linked, and what `npx countersign` runs. */
export const program = path.join(folder, "node_modules/.bin/countersign");
export const importEntry = (specifier) => importPackage(folder, specifier);

/** An empty folder. */
export function emptyFolder(name) {
  const made = path.join(folder, "work", name);
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  return made;
}

/** The environment of a command: nothing of ours that would change what it shows. */
export const environment = (more = {}) => {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...more };
};

/** Starts a command. With the input `null`, whoever calls types it. `ended` is `{ code, signal, out, err }`, `until(pattern)` waits for a text on the standard error. */
export function start(command, args, { env = {}, input = "", cwd = folder } = {}) {
  const child = spawn(command, args, { cwd, env: environment(env), stdio: ["pipe", "pipe", "pipe"] });
  const seen = { out: "", err: "" };
  const waiting = new Set();
  child.stdout.on("data", (chunk) => {
    seen.out += chunk;
    for (const look of waiting) look();
  });
  child.stderr.on("data", (chunk) => {
    seen.err += chunk;
    for (const look of waiting) look();
  });
  child.stdin.on("error", () => undefined);
  if (input !== null) child.stdin.end(input);
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...seen }));
  });
  const until = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(seen.out + seen.err);
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void ended.then(() => reject(new Error(`it ended before ${pattern}: ${seen.out}${seen.err}`)));
      look();
    });
  return { child, ended, until };
}

/** Runs the program to its end. */
export const run = (args, options) => start(program, args, options).ended;

const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Starts it under a pseudo-terminal: what it shows there comes as `out`. */
export const startOnTerminal = (args, options) =>
  start("script", ["-qefc", [program, ...args].map(quoted).join(" "), "/dev/null"], {
    ...options,
    env: { TERM: "xterm-256color", ...options?.env },
  });

export const runOnTerminal = (args, options) => startOnTerminal(args, options).ended;

/** What an escape sequence or an invisible character begins with. Line ends are the program's own. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const HOSTILE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** The place in a text where something is that a terminal would obey. */
export function hostilePart(text) {
  const found = HOSTILE.exec(text);
  return found === null ? undefined : JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index + 40));
}

/** Texts that a terminal or a page would obey, each with a mark by which it is found again. */
export const PAYLOADS = [
  "\u001b[2J\u001b[1;1Hmark",
  "\u001b]0;mark\u0007",
  "\u001b]8;;https://evil.example\u001b\\mark\u001b]8;;\u001b\\",
  "\u001b]52;c;bWFyaw==\u0007",
  "\u009b31mmark",
  "\u0090q\u009cmark",
  "mark\r\u001b[Koverwritten",
  "mark\b\b\b\bover",
  "mark\nAccepted",
  "\u202emark\u2066",
  "ma\u200brk\u00ad",
  "mark\u2028\u2029",
  "\u{e0001}\u{e0041}mark",
  "<script>alert('mark')</script>",
  "<img src=x onerror=alert(1)>mark",
  "\"><svg/onload=alert('mark')>",
  "</title><meta http-equiv=refresh content='0;url=https://evil.example'>mark",
  "javascript:mark",
  "`$(touch mark)`;mark",
  "%s%n%x mark",
];
