import { spawn } from "node:child_process";
import process from "node:process";

/**
 * Opens an address in the user's browser: in the program that `BROWSER` names, else as the system does. No shell reads it.
 *
 * @returns Whether a program could be started.
 */
export async function openBrowser(url: string): Promise<boolean> {
  // What a server names could be a file, or be taken for an option.
  if (!/^https?:\/\//i.test(url)) return false;
  const [program, ...args] = opener();
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => {
      resolve(false);
    });
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function opener(): readonly [string, ...string[]] {
  const { BROWSER: named } = process.env;
  if (named !== undefined && named !== "") return [named];
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
