import type { Core } from "../core/core.js";
import type { KnownAnswers } from "../core/known-answer.js";
import { CountersignError } from "../errors.js";
import type { Engines } from "./signatures.js";

/** A signature under a key that the core has judged, and that is not kept: it comes from a client, which has its own. */
export interface Question {
  /** The place in the table of algorithms. */
  readonly algorithm: number;
  readonly jwk: string;
  /** The key as the engine in wasm takes it. */
  readonly engineKey: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly signed: Uint8Array<ArrayBuffer>;
}

/** Asks one engine after another, the host's first, until one can tell. */
export async function isValid(core: Core, engines: Engines, question: Question): Promise<boolean> {
  const answer = (await askHost(core, engines, question)) ?? (await askWasm(engines, question));
  if (answer === undefined) throw new CountersignError("engine_unavailable", 500, "no engine verifies the proof");
  return answer;
}

async function askHost(
  core: Core,
  { sync, async: web }: Engines,
  { algorithm, jwk, signature, signed }: Question,
): Promise<boolean | undefined> {
  const entry = core.algorithms[algorithm];
  if (entry === undefined) return undefined;
  const known: KnownAnswers = (name) => core.knownAnswer(name);
  const key = entry.node === null ? undefined : sync?.prepare(entry, jwk, known);
  const answer = key && sync?.verify(key, signature, signed);
  if (answer !== undefined || entry.webcrypto === null) return answer;
  const prepared = await web?.prepare(entry, jwk, known);
  return prepared ? web?.verify(prepared, signature, signed) : undefined;
}

async function askWasm({ wasm }: Engines, question: Question): Promise<boolean | undefined> {
  await wasm?.load();
  const key = wasm?.prepare(question.algorithm, question.engineKey);
  if (wasm === undefined || key === undefined) return undefined;
  try {
    return wasm.verify(key, question.algorithm, question.signature, question.signed);
  } finally {
    wasm.release(key);
  }
}
