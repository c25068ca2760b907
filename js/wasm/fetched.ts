import { compile } from "./compile.js";
import { decode } from "./decode.js";
import { mayCompile } from "./permission.js";

/**
 * An artifact for browsers. What is an expression about the very script that it stands in is a function here, because it may
 * throw: in scripts that are no modules there is no `import.meta.url`.
 */
export interface Fetched {
  /** The artifact's name, which is that of its file. */
  readonly name: string;
  /** The name of the script that this is written in, as published. */
  readonly script: string;
  /** Where the script lies now. */
  readonly at: () => string;
  /** Where the file lies. Most bundlers find it by this expression, and put it into their output under another name. */
  readonly file: () => URL;
  /** A module with the same bytes, which every bundler follows. */
  readonly bytes?: () => Promise<{ readonly default: string }>;
}

/** Fetches the file if it can be there, and else takes the bytes. */
export async function fetched({ name, script, at, file, bytes }: Fetched): Promise<WebAssembly.Module> {
  // Nothing is fetched in vain.
  if (typeof WebAssembly !== "object") throw new ReferenceError("WebAssembly is not defined");
  let reason: unknown;
  try {
    const url = file();
    if (bytes === undefined || !isLost(url, name, at(), script)) return await compile(url);
  } catch (error) {
    if (bytes === undefined || !mayCompile()) throw error;
    reason = error;
  }
  try {
    return await compile(decode((await bytes()).default));
  } catch (error) {
    throw reason === undefined ? error : new AggregateError([reason, error], `${text(reason)}; ${text(error)}`);
  }
}

/**
 * Whether a bundler has moved the script and left the file's address as it was. Then the file lies nowhere, and no server
 * has to be asked for it.
 */
function isLost(url: URL, name: string, at: string, script: string): boolean {
  return url.pathname.endsWith(`/${name}.wasm`) && !new URL(at).pathname.endsWith(`/${script}`);
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
