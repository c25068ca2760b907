import process from "node:process";
import { shown, WIDTH } from "./shown.js";

/** Colours, where the stream is a terminal and nobody forbids them (https://no-color.org). */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** How often the sign of progress turns, in milliseconds. */
const TURN = 120;
const TURNS = ["-", "\\", "|", "/"] as const;

interface Target {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

/** Where a command writes: results to the standard output, all else to the standard error. */
export class Terminal {
  /** For results. */
  readonly style: Style;
  /** For messages. */
  readonly messageStyle: Style;
  readonly #out: Target;
  readonly #err: Target;

  constructor() {
    this.#out = process.stdout;
    this.#err = process.stderr;
    this.style = styleFor(this.#out);
    this.messageStyle = styleFor(this.#err);
  }

  /** Lines of the result: an empty one, if none is given. */
  print(...lines: readonly string[]): void {
    this.#out.write(`${lines.join("\n")}\n`);
  }

  /** Lines for whoever watches. */
  say(...lines: readonly string[]): void {
    this.#err.write(`${lines.join("\n")}\n`);
  }

  /** Shows that something is waited for, on a terminal alone. The answer ends it. */
  progress(text: string): () => void {
    if (this.#err.isTTY !== true) return () => undefined;
    let turn = 0;
    // What goes over the edge could not be taken away again.
    const line = shown(text).slice(0, WIDTH - 10);
    const draw = () => {
      turn = (turn + 1) % TURNS.length;
      this.#err.write(`\r\u001b[K${TURNS[turn] ?? ""} ${line}`);
    };
    draw();
    const timer = setInterval(draw, TURN);
    return () => {
      clearInterval(timer);
      this.#err.write("\r\u001b[K");
    };
  }

  /** Shows it while something runs. */
  async during<T>(text: string, work: Promise<T>): Promise<T> {
    const end = this.progress(text);
    try {
      return await work;
    } finally {
      end();
    }
  }
}

function styleFor(stream: Target): Style {
  const { NO_COLOR: forbidden, TERM: terminal } = process.env;
  const isColoured = stream.isTTY === true && (forbidden ?? "") === "" && terminal !== "dumb";
  const paint = (code: number) => (text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(32), bad: paint(31), warn: paint(33), dim: paint(2), bold: paint(1) };
}
