import type { Compile, Instantiate } from "./source.js";
import { tagOf } from "./tag.js";

// For hosts that compile nothing at run time. Their bundlers refuse code that so much as names the functions which would.

/** Takes a module, or nothing. */
export const compile: Compile = async (given) => {
  const module = await given;
  if (tagOf(module) === "WebAssembly.Module") return module as WebAssembly.Module;
  throw new TypeError("this host compiles no wasm at run time: import the file as a module, and give that to `init`");
};

export const instantiate: Instantiate = (module, imports) => Promise.resolve(new WebAssembly.Instance(module, imports));
