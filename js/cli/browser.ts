import { spawn } from "node:child_process";
import process from "node:process";
import { openerOf } from "./platform.js";

/**
 * Opens an address in the user's browser: in the program that `BROWSER` names, else as the system does. No shell reads it.
 *
 * @returns Whether a program could be started.
 */
export async function openBrowser(url: string): Promise<boolean> {
  // What a server names could be a file, or be taken for an option.
  if (!/^https?:\/\//i.test(url)) return false;
  const [program, ...args] = openerOf(process.platform, process.env);
  return new Promise((resolve) => {
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    } catch {
      // Some refusals are thrown: a script on Windows, an address that is too long for the system.
      resolve(false);
      return;
    }
    child.once("error", () => {
      resolve(false);
    });
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
