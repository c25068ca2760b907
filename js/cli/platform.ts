// What differs between systems, by their names alone: tests say which one it is.

/** As `process.platform` has it. */
export type PlatformName = string;

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for the state of programs, with one for this one in it. */
export function stateFolder(
  platform: PlatformName,
  { XDG_STATE_HOME: state, LOCALAPPDATA: local }: Environment,
  home: string,
  join: (...parts: string[]) => string,
): string {
  const isWindows = platform === "win32";
  if (isWindows && local !== undefined && local !== "") return join(local, "countersign");
  if (platform === "darwin") return join(home, "Library", "Application Support", "countersign");
  // A relative one does not count (XDG Base Directory Specification).
  const named = !isWindows && state?.startsWith("/") === true ? state : join(home, ".local", "state");
  return join(named, "countersign");
}

/** The program that opens an address, and what stands before the address. No shell reads it: `start` of Windows would be one. */
export function openerOf(platform: PlatformName, { BROWSER: named }: Environment): readonly [string, ...string[]] {
  if (named !== undefined && named !== "") return [named];
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}

/**
 * Whether a name is one of Windows' devices, which it takes for no file in whatever folder and with whatever ending. Such a name
 * is no account's on any system, so that a folder can be taken along.
 */
export const isDeviceName = (name: string): boolean => /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);

const MOMENTARY: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);

/**
 * Whether a system refuses something now that it will do in a moment. Windows neither replaces a file that is open, by
 * another process of ours or by a scanner, nor makes one anew whose deletion has not ended. Elsewhere these codes mean what
 * they say.
 */
const isMomentary = (platform: PlatformName, error: unknown): boolean =>
  platform === "win32" && MOMENTARY.has(String((error as { readonly code?: unknown } | undefined)?.code));

/** Pauses between attempts, in milliseconds: 2 seconds in all. */
const PAUSES = [10, 20, 40, 80, 150, 200, 300, 400, 400, 400];

/** Does something to a file, again while the system refuses it for the moment. */
export async function persistently<T>(platform: PlatformName, work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!isMomentary(platform, error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return work();
}
