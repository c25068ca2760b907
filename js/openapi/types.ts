import type { Need } from "../guard/types.js";

/** Options of {@link openApi}. */
export interface OpenApiOptions {
  /** Goes before every name in `components`, where one document has the APIs of several guards. Default: nothing. */
  readonly prefix?: string;
  /** What scopes mean, by their names. Others are found in `implies`, in `scopes_supported` and in the needs. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** The endpoints of the authorization server. Then there is a scheme `oauth2` in place of `openIdConnect`. */
  readonly authorizationCode?: AuthorizationCodeEndpoints;
  /** Whether the authorization servers have metadata of OpenID Connect Discovery. Default `true`. */
  readonly openIdConnect?: boolean;
}

/** Endpoints of RFC 6749 §3, as `discover` finds them. */
export interface AuthorizationCodeEndpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly refreshUrl?: string;
}

/** An alternative of OpenAPI 3.1 §4.8.30: scopes by the name of a scheme. Without a name in it: no credentials. */
export type SecurityRequirement = Record<string, string[]>;

/** A scheme of OpenAPI 3.1 §4.8.27. */
export type SecurityScheme =
  | { type: "http"; scheme: "bearer"; bearerFormat: "JWT"; description: string }
  | { type: "openIdConnect"; openIdConnectUrl: string; description: string }
  | { type: "oauth2"; flows: { authorizationCode: AuthorizationCodeFlow }; description: string }
  | { type: "apiKey"; in: "header" | "cookie"; name: string; description: string };

/** A flow of OpenAPI 3.1 §4.8.29. */
export interface AuthorizationCodeFlow {
  authorizationUrl: string;
  tokenUrl: string;
  refreshUrl?: string;
  scopes: Record<string, string>;
  /** OpenAPI has no word for PKCE. This one is known to some of those who read such documents. */
  "x-usePkce": "SHA-256";
}

/** A response of OpenAPI 3.1 §4.8.17. */
export interface Response {
  description: string;
  headers: Record<string, { description: string; required?: boolean; schema: object; example?: string }>;
  content: { "application/json": { schema: Reference } };
}

/** A reference of OpenAPI 3.1 §4.8.23. */
export interface Reference {
  $ref: string;
  description?: string;
}

/** The `components` of a document, or what to merge into them. */
export interface Components {
  securitySchemes: Record<string, SecurityScheme>;
  responses: Record<string, Response>;
  schemas: Record<string, object>;
}

/** The responses of a guard. 403 is there where a good token may not be enough. */
export interface GuardResponses {
  400: Reference;
  401: Reference;
  403?: Reference;
  503: Reference;
}

/** What a guard adds to an operation. */
export interface GuardedOperation {
  security: SecurityRequirement[];
  responses: GuardResponses;
}

/** What {@link openApi} returns. */
export interface OpenApi {
  /** Plain data, for the document. Scopes that an operation asks for are added to its table, earlier or later. */
  readonly components: Components;
  /**
   * The security requirement of an operation with this need, and the responses of the guard. The members of an operation of
   * your own are merged into it; of a response with the same status yours is taken.
   *
   * @throws TypeError for an impossible need.
   */
  operation(need?: Need): GuardedOperation;
  operation<const O extends object>(need: Need, own: O): Merged<O>;
}

/** An operation with what the guard adds. */
export type Merged<O> = Omit<O, "security" | "responses"> & {
  security: SecurityRequirement[];
  responses: O extends { responses: infer Own } ? Omit<GuardResponses, keyof Own> & Own : GuardResponses;
};
