/** The part of `IncomingMessage` that is used. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole, where a router has cut `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** The part of `ServerResponse` that is used. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | readonly string[]): unknown;
  end(): unknown;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- That of HTTP/2 has them apart.
  end(body: string): unknown;
  destroy(): unknown;
}

/** The part of Fastify's request that is used. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
}

/** The part of Fastify's reply that is used. */
export interface FastifyReply {
  code(status: number): unknown;
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  header(name: string, value: unknown): unknown;
  send(body?: unknown): unknown;
}
