/** The parts of Node that the command line uses; see `js/host/node-builtins.d.ts`. */
declare module "node:process" {
  interface Stream {
    readonly isTTY?: boolean;
    readonly columns?: number;
    write(text: string, done?: (error?: Error | null) => void): boolean;
    on(event: "error", listener: (error: Error & { readonly code?: string }) => void): void;
    getColorDepth?(environment?: object): number;
  }
  interface Input {
    readonly isTTY?: boolean;
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
    destroy(): void;
  }
  const process: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly platform: string;
    readonly pid: number;
    readonly stdin: Input;
    readonly stdout: Stream;
    readonly stderr: Stream;
    exitCode: number | undefined;
    exit(code?: number): never;
    kill(pid: number, signal: 0): boolean;
    once(event: "SIGINT" | "SIGTERM", listener: () => void): void;
    removeListener(event: "SIGINT" | "SIGTERM", listener: () => void): void;
  };
  export default process;
}
declare module "node:util" {
  interface Option {
    readonly type: "string" | "boolean";
    readonly multiple?: boolean;
    readonly short?: string;
  }
  export function parseArgs(config: {
    readonly args: readonly string[];
    readonly options: Readonly<Record<string, Option>>;
    readonly allowPositionals: boolean;
    readonly strict: boolean;
    readonly tokens: true;
  }): {
    readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
    readonly positionals: readonly string[];
    readonly tokens: readonly { readonly kind: string; readonly name?: string; readonly value?: string | undefined }[];
  };
}
declare module "node:fs" {
  export function readFileSync(path: URL, encoding: "utf8"): string;
}
declare module "node:fs/promises" {
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
}
