/** The parts of Node that the command line uses; see `js/host/node-builtins.d.ts`. */
declare module "node:process" {
  interface Stream {
    readonly isTTY?: boolean;
    write(text: string): boolean;
    on(event: "error", listener: (error: Error & { readonly code?: string }) => void): void;
  }
  const process: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly platform: string;
    readonly pid: number;
    readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
    readonly stdout: Stream;
    readonly stderr: Stream;
    exitCode: number | undefined;
    exit(code?: number): never;
    kill(pid: number, signal: 0): boolean;
    readonly getuid?: () => number;
    once(event: "SIGINT" | "SIGTERM", listener: () => void): void;
    removeListener(event: "SIGINT" | "SIGTERM", listener: () => void): void;
  };
  export default process;
}
declare module "node:util" {
  export function parseArgs(config: {
    readonly args: readonly string[];
    readonly options: Readonly<
      Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean; readonly short?: string }>
    >;
    readonly allowPositionals: boolean;
    readonly strict: boolean;
  }): {
    readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
    readonly positionals: readonly string[];
  };
}
declare module "node:fs" {
  export function readFileSync(path: URL, encoding: "utf8"): string;
}
declare module "node:fs/promises" {
  export interface FileHandle {
    stat(): Promise<{ readonly mode: number; readonly uid: number; readonly size: number }>;
    chmod(mode: number): Promise<void>;
    readFile(encoding: "utf8"): Promise<string>;
    writeFile(text: string): Promise<void>;
    write(
      bytes: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ): Promise<{ readonly bytesWritten: number }>;
    truncate(length: number): Promise<void>;
    sync(): Promise<void>;
    close(): Promise<void>;
  }
  export function open(path: string, flags: string, mode?: number): Promise<FileHandle>;
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function readlink(path: string): Promise<string>;
  export function readdir(path: string): Promise<string[]>;
  export function mkdir(path: string, options: { readonly mode: number }): Promise<unknown>;
  export function rename(from: string, to: string): Promise<void>;
  export function stat(path: string): Promise<{ readonly mtimeMs: number }>;
  export function unlink(path: string): Promise<void>;
  export function utimes(path: string, accessed: Date, modified: Date): Promise<void>;
}
declare module "node:path" {
  const path: {
    resolve(...parts: string[]): string;
    join(...parts: string[]): string;
    dirname(file: string): string;
    basename(file: string): string;
  };
  export default path;
}
declare module "node:os" {
  export function homedir(): string;
  export function hostname(): string;
}
declare module "node:crypto" {
  export function randomBytes(size: number): { toString(encoding: "hex"): string };
}
declare module "node:child_process" {
  export function spawn(
    program: string,
    args: readonly string[],
    options: { readonly stdio: "ignore"; readonly detached: boolean },
  ): {
    once(event: "error" | "spawn", listener: () => void): void;
    unref(): void;
  };
}
declare module "node:http" {
  export interface IncomingMessage {
    readonly method?: string;
    readonly url?: string;
    readonly headers: { readonly host?: string };
  }
  export interface ServerResponse {
    writeHead(status: number, headers: object): this;
    end(text: string): void;
    /** Whether `close` has come. */
    readonly closed: boolean;
    once(event: "close" | "finish", listener: () => void): void;
    destroy(): void;
  }
  export interface Server {
    maxConnections: number;
    listen(
      options: { readonly host: string; readonly port: number; readonly exclusive: boolean },
      done: () => void,
    ): void;
    once(event: "error", listener: (error: Error) => void): void;
    address(): unknown;
    close(done: () => void): void;
    closeAllConnections(): void;
  }
  export function createServer(
    options: { readonly maxHeaderSize: number; readonly requestTimeout: number; readonly headersTimeout: number },
    handle: (request: IncomingMessage, response: ServerResponse) => void,
  ): Server;
}
