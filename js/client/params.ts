import { flag, mandatory, optional, readOptions, text, texts, type Reader } from "../options/readers.js";
import { withoutPrototype } from "../options/own.js";
import type { DocumentParams, Parameters, ProofRequest } from "./client-types.js";
import { parameters } from "./response.js";
import { accessToken, scopes } from "./sign-in-params.js";

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

const address: Reader<string> = (value, label) => {
  const url = text(value, label);
  if (!URL.canParse(url)) throw new TypeError(`${label} must be an address, e.g. "https://api.example/notes"`);
  return url;
};

const PROOF = {
  method: mandatory(text, "GET"),
  url: mandatory(address, "https://api.example/notes"),
  nonce: optional(text),
};

export const readProofRequest = (request: ProofRequest): { method: string; url: string; nonce: string | undefined } =>
  readOptions<Read<typeof PROOF>>("proof: the request", request, PROOF);

/** Parameters of a grant, as JSON. */
export const readGrantParams = (params: Parameters): string =>
  JSON.stringify(withoutPrototype({ params: parameters(params, "grant: the parameters") }));

const DEVICE = {
  scope: optional(scopes),
  params: optional(parameters),
  signal: optional<AbortSignal>((value, label) => {
    if (typeof value !== "object" || value === null || !("aborted" in value)) {
      throw new TypeError(`${label} must be an AbortSignal`);
    }
    return value as AbortSignal;
  }),
};

export function readDeviceParams(params: object): {
  scope: string | undefined;
  json: string;
  signal: AbortSignal | undefined;
} {
  const { scope, params: more, signal } = readOptions<Read<typeof DEVICE>>("device", params, DEVICE);
  return { scope, json: JSON.stringify(withoutPrototype({ params: more ?? [] })), signal };
}

const DOCUMENT = {
  clientName: optional(text),
  clientUri: optional(text),
  redirectUris: optional(texts),
  jwksUri: optional(text),
  scope: optional(text),
};

export function readDocumentParams(params: DocumentParams, dpopBoundAccessTokens: boolean): string {
  const read = readOptions<Read<typeof DOCUMENT>>("metadataDocument", params, DOCUMENT);
  return JSON.stringify(withoutPrototype({ ...read, dpopBoundAccessTokens }));
}

/** The tokens of a provider without ID tokens. */
export const readProviderTokens = (tokens: unknown): { accessToken: string; subject: string | undefined } =>
  readOptions<{ accessToken: string; subject: string | undefined }>(
    "userinfo: the tokens",
    tokens,
    { accessToken: mandatory(accessToken, "the access token"), subject: optional(text) },
    true,
  );

/** Those of `introspect`. */
export const readIntrospectionParams = (params: unknown): { readonly signed: boolean | undefined } =>
  readOptions("introspect", params, { signed: optional(flag) });
