/** What the project that compiles this knows of the global `fetch`, which every set of host types declares. */
export type GlobalFetch = typeof globalThis extends { fetch(input: never, init?: infer Init): Promise<infer Response> }
  ? { init: NonNullable<Init>; response: Response }
  : { init: object; response: never };

type GlobalFormData = typeof globalThis extends { FormData: { prototype: infer Instance } } ? Instance : never;

type GlobalUrlSearchParams = typeof globalThis extends { URLSearchParams: { prototype: infer Instance } }
  ? Instance
  : never;

/** `URLSearchParams`, `FormData`, or anything else that goes through names and values one by one. */
export type ResponseParameters =
  GlobalFormData | GlobalUrlSearchParams | Iterable<readonly [name: string, value: unknown]>;

/** `AbortSignal`, in projects whose `lib` or ambient types have it. */
export type AbortSignalLike = GlobalFetch["init"] extends { signal?: infer Signal } ? NonNullable<Signal> : unknown;

/** The request that Countersign makes: for metadata and keys, and what a guard asks about tokens. */
export interface FetchInit {
  readonly method: "GET" | "POST";
  /** A form. */
  readonly body?: string;
  /** Redirects are never followed. */
  readonly redirect: "manual";
  readonly headers: Record<string, string>;
  /** The HTTP cache is passed over: how long keys stay good is not for it to say. Absent where the host has no such option. */
  readonly cache?: "no-store";
  /** No cookies. */
  readonly credentials: "omit";
  readonly referrerPolicy: "no-referrer";
  /** Aborted when the time for the whole answer is over. */
  readonly signal: AbortSignalLike;
}

/** The part of a `Response` that Countersign reads. */
export interface FetchResponse {
  readonly status: number;
  readonly body: FetchBody | null;
  /** `Cache-Control`, `Age` and `ETag` are read. */
  readonly headers?: { get(name: string): string | null };
}

/** The part of a `ReadableStream` of bytes that Countersign reads. */
export interface FetchBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
  cancel(reason?: unknown): Promise<void>;
}

/** The host's `fetch`, or one that stands in for it (a service binding, a proxy agent, a test's). */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
