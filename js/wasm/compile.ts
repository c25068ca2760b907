import type { Compile, Instantiate } from "./source.js";
import { tagOf } from "./tag.js";

/** The part of a `Response` that is asked. */
interface ResponseLike {
  readonly ok?: boolean;
  readonly status?: number;
  readonly url?: string;
  readonly headers?: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Takes whatever `init` does: a module, its bytes, a response, or where to fetch it. */
export const compile: Compile = async (given) => {
  let source = await given;
  if (tagOf(source) === "WebAssembly.Module") return source as WebAssembly.Module;
  if (typeof source === "string" || tagOf(source) === "URL") {
    source = await fetch(source as string | URL, { credentials: "same-origin" });
  }
  return isResponse(source) ? compileResponse(source) : WebAssembly.compile(source as BufferSource);
};

export const instantiate: Instantiate = async (module, imports) => WebAssembly.instantiate(module, imports);

function isResponse(source: unknown): source is ResponseLike {
  return typeof source === "object" && source !== null && typeof Reflect.get(source, "arrayBuffer") === "function";
}

async function compileResponse(response: ResponseLike): Promise<WebAssembly.Module> {
  if (response.ok === false) throw new Error(`${response.status} for ${response.url}`);
  const type = response.headers?.get("content-type");
  if (type?.startsWith("application/wasm") && typeof WebAssembly.compileStreaming === "function") {
    return WebAssembly.compileStreaming(response as Response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
