import { internalError } from "../errors.js";
import { DEFAULT_TOKEN_LIMIT } from "../tables.js";
import type { UnverifiedToken } from "../token.js";
import type { VerifierGlue } from "./glue.js";
import type { Fetch } from "./glue-verifier.js";
import { FETCH, Step } from "./outcome.js";

/** The words of the core's frame, which the last call has written. */
const OUTPUT = 0;
const OUTPUT_LENGTH = 1;
const ATTEMPT = 2;
const SLOT = 3;
const WAIT = 4;
const REQUEST = 5;
const FRAME_WORDS = 6;

const encoder = new TextEncoder();
// The core has checked the bytes: `fatal` and `ignoreBOM` only make sure that nothing is mended on the way.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The linear memory of one instance, seen from outside: tokens go in, and what became of them comes out. */
export class Memory {
  readonly #glue: VerifierGlue;
  readonly #memory: WebAssembly.Memory;
  readonly #frame: number;
  #input: number;
  /** There is room for ordinary tokens from the start. */
  #capacity: number = DEFAULT_TOKEN_LIMIT;
  // Views over the memory, which a growth of it detaches.
  #bytes: Uint8Array;
  #room: Uint8Array;
  #words: Uint32Array;

  constructor(glue: VerifierGlue, memory: WebAssembly.Memory) {
    this.#glue = glue;
    this.#memory = memory;
    this.#frame = glue.frame();
    this.#input = glue.input(DEFAULT_TOKEN_LIMIT);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer, this.#frame, FRAME_WORDS);
    this.#room = this.bytes(this.#input, this.#capacity);
  }

  /** Writes a token, or another text, into the input buffer. Answers how many bytes it has there, as UTF-8. */
  write(jwt: string): number {
    const { length } = jwt;
    this.#reserve(length);
    const { read, written } = encoder.encodeInto(jwt, this.#room);
    if (read === length) return written;
    // Of a token, which is ASCII, the core refuses it by its bytes.
    this.#reserve(3 * length);
    return encoder.encodeInto(jwt, this.#room).written;
  }

  /** A view over the core's memory: it holds until the next call into the core. */
  bytes(pointer: number, length: number): Uint8Array {
    this.#refresh();
    return this.#bytes.subarray(pointer, pointer + length);
  }

  /** The same of the first bytes of the token that was written. */
  signed(length: number): Uint8Array {
    return this.bytes(this.#input, length);
  }

  /** Reads header and claims, from the very bytes that were verified. */
  token(): UnverifiedToken {
    return JSON.parse(this.text()) as UnverifiedToken;
  }

  /** Reads what is to be done next. */
  step(outcome: number): Step {
    const request = outcome === FETCH ? (JSON.parse(this.text()) as Fetch) : undefined;
    return new Step(outcome, this.#word(ATTEMPT), this.#word(WAIT), request?.id ?? this.#word(REQUEST), request);
  }

  /** The slot of a token in the core's verdict cache. */
  get slot(): number {
    return this.#word(SLOT);
  }

  /** Reads the text that the last call has published. */
  text(): string {
    const pointer = this.#word(OUTPUT);
    return decoder.decode(this.#bytes.subarray(pointer, pointer + this.#word(OUTPUT_LENGTH)));
  }

  #word(place: number): number {
    this.#refresh();
    const word = this.#words[place];
    if (word === undefined) throw internalError("the core's frame is out of its memory");
    return word;
  }

  #reserve(length: number): void {
    if (length > this.#capacity) {
      this.#input = this.#glue.input(length);
      this.#capacity = length;
      this.#room = this.bytes(this.#input, length);
    }
    this.#refresh();
  }

  #refresh(): void {
    // A view over a detached buffer is empty.
    if (this.#words.length !== 0) return;
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer, this.#frame, FRAME_WORDS);
    this.#room = this.#bytes.subarray(this.#input, this.#input + this.#capacity);
  }
}
