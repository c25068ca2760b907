import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { CliAuthError } from "./error.js";
import { locked } from "./lock.js";
import { persistently } from "./platform.js";

/** The largest file that is read: many times what a server's tokens take. */
const MAX_FILE = 1_048_576;
/** What others have of the rights to a file. */
const OTHERS = 0o077;
/** The space that is made sure of before a server is asked for new tokens, in bytes: they may be larger than those before. */
const RESERVE = 65_536;

/**
 * A file with secrets, which nobody else may read, and which is replaced as a whole: whoever reads it finds the state
 * before or the state after, whenever a process is killed and a disk is full.
 */
export class SecretFile {
  readonly #file: string;
  readonly #folder: string;

  constructor(file: string) {
    this.#file = path.resolve(file);
    this.#folder = path.dirname(this.#file);
  }

  /** What is in it. `undefined`: there is none. */
  async read(): Promise<string | undefined> {
    let handle: FileHandle;
    try {
      handle = await persistently(process.platform, async () => open(this.#file, "r"));
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      throw failed(this.#file, "read", error);
    }
    try {
      const { mode, uid, size } = await handle.stat();
      // Windows has other rights, and those of a user's own folders are for that user.
      if (process.getuid !== undefined) {
        if ((mode & OTHERS) !== 0 || uid !== process.getuid()) {
          const remedy = uid === process.getuid() ? `chmod 600 ${this.#file}` : "it belongs to another user";
          throw new CliAuthError("file_unsafe", `others may read or change ${this.#file}: ${remedy}`);
        }
      }
      if (size > MAX_FILE) throw new CliAuthError("file_invalid", `${this.#file} is too large for a file with tokens`);
      return await handle.readFile("utf8");
    } catch (error) {
      throw error instanceof CliAuthError ? error : failed(this.#file, "read", error);
    } finally {
      await handle.close();
    }
  }

  /** Runs something that one process at a time may do with it. */
  async locked<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    await this.#makeFolder();
    return locked(`${this.#file}.lock`, async () => {
      await this.#sweep();
      return work({ reserve: async () => this.#reserve(), remove: async () => this.#remove() });
    });
  }

  async #makeFolder(): Promise<void> {
    try {
      await makeFolder(this.#folder);
    } catch (error) {
      throw failed(this.#folder, "made", error);
    }
  }

  /** Makes sure of the space, and answers what writes there and puts it in the file's place. */
  async #reserve(): Promise<Reserved> {
    const draft = path.join(this.#folder, `.${path.basename(this.#file)}.${randomBytes(8).toString("hex")}.tmp`);
    let handle: FileHandle | undefined;
    const drop = async () => {
      await handle?.close().catch(() => undefined);
      await unlink(draft).catch(() => undefined);
    };
    try {
      // Made by this process or not at all, and for its user alone whatever the umask is.
      handle = await open(draft, "wx", 0o600);
      await handle.chmod(0o600);
      await writeAll(handle, new Uint8Array(RESERVE));
      await handle.sync();
    } catch (error) {
      await drop();
      throw failed(this.#file, "written", error);
    }
    const writing = handle;
    const commit = async (text: string) => {
      try {
        const bytes = new TextEncoder().encode(text);
        await writeAll(writing, bytes);
        await writing.truncate(bytes.length);
        await writing.sync();
        await writing.close();
        await persistently(process.platform, async () => rename(draft, this.#file));
        await this.#syncFolder();
      } catch (error) {
        await drop();
        throw failed(this.#file, "written", error);
      }
    };
    return { commit, drop };
  }

  /** Makes the renaming last. Where folders cannot be opened, the system does it in its time. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, "r").catch(() => undefined);
    await handle?.sync().catch(() => undefined);
    await handle?.close().catch(() => undefined);
  }

  async #remove(): Promise<void> {
    try {
      await persistently(process.platform, async () => unlink(this.#file));
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT") throw failed(this.#file, "deleted", error);
    }
  }

  /** Deletes what processes have left that were killed while they wrote. With the lock there is no other. */
  async #sweep(): Promise<void> {
    const prefix = `.${path.basename(this.#file)}.`;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!name.startsWith(prefix) || !/^[\da-f]{16}\.tmp$/.test(name.slice(prefix.length))) continue;
      await unlink(path.join(this.#folder, name)).catch(() => undefined);
    }
  }
}

/**
 * Makes a folder, with those above it. By hand: where the system makes none in a folder that is there, as in /proc or where
 * homes are mounted when they are wanted, the recursive way of Node never ends.
 */
async function makeFolder(folder: string): Promise<void> {
  const make = async (): Promise<void> => {
    await mkdir(folder, { mode: 0o700 });
  };
  try {
    await make();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EEXIST") return;
    const parent = path.dirname(folder);
    if (code !== "ENOENT" || parent === folder) throw error;
    await makeFolder(parent);
    await make().catch((again: unknown) => {
      if ((again as { code?: string }).code !== "EEXIST") throw again;
    });
  }
}

/** From the start of a file on. A disk that is almost full takes a part, and says only then that it is full. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
}

/** Space on the disk for what is to be written. One of the two ends it. */
export interface Reserved {
  commit(text: string): Promise<void>;
  drop(): Promise<void>;
}

/** What may be done with the lock. */
export interface Writer {
  reserve(): Promise<Reserved>;
  remove(): Promise<void>;
}

function failed(file: string, what: string, error: unknown): CliAuthError {
  const { code } = error as { code?: string };
  return new CliAuthError("file_failed", `${file} cannot be ${what}: ${code ?? String(error)}`, error);
}
