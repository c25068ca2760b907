import type { ReadGuardOptions } from "../guard/options.js";
import { isAmbient, type TokenSource } from "../guard/sources.js";
import type { AuthorizationCodeEndpoints, SecurityScheme } from "./types.js";

interface Known {
  readonly authorizationCode: AuthorizationCodeEndpoints | undefined;
  readonly openIdConnect: boolean | undefined;
}

/** The schemes by which a request may be let in, each by itself. */
export function securitySchemes(
  options: ReadGuardOptions,
  prefix: string,
  known: Known,
  scopes: Record<string, string>,
): Record<string, SecurityScheme> {
  const named: Record<string, SecurityScheme> = {};
  const add = (name: string, scheme: SecurityScheme): void => {
    let free = `${prefix}${name}`;
    for (let number = 2; Object.hasOwn(named, free); number += 1) free = `${prefix}${name}${String(number)}`;
    named[free] = scheme;
  };
  for (const source of options.tokens) {
    if (source.field === "authorization") {
      for (const scheme of signIns(options, known, scopes)) add(scheme.type, scheme);
      add("bearer", {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description: `An access token${ofIssuers(options)} (RFC 6750)`,
      });
    } else {
      const scheme = apiKey(source);
      add(source.name === "" || scheme.in === "header" ? "header" : "cookie", scheme);
    }
  }
  return named;
}

/** How clients get a token, where that is known. */
function signIns(options: ReadGuardOptions, known: Known, scopes: Record<string, string>): SecurityScheme[] {
  const servers = options.core.authorizationServers ?? [];
  const { authorizationCode, openIdConnect = true } = known;
  if (authorizationCode !== undefined) {
    const flow = { ...authorizationCode, scopes, "x-usePkce": "SHA-256" } as const;
    const description = `Authorization code with PKCE (S256)${servers.length === 1 ? ` at ${servers.join()}` : ""}`;
    return [{ type: "oauth2", flows: { authorizationCode: flow }, description }];
  }
  if (!openIdConnect) return [];
  const { metadataUri } = options.others;
  return servers.map((issuer) => ({
    type: "openIdConnect",
    openIdConnectUrl:
      typeof metadataUri === "string" ? metadataUri : `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    description: `Sign-in at ${issuer}: authorization code with PKCE (S256)`,
  }));
}

function ofIssuers({ core: { authorizationServers = [], resource } }: ReadGuardOptions): string {
  const from = authorizationServers.length === 0 ? "" : ` of ${authorizationServers.join(" or ")}`;
  return resource === undefined ? from : `${from} for ${resource}`;
}

function apiKey(source: TokenSource): Extract<SecurityScheme, { type: "apiKey" }> {
  const { field, name } = source;
  if (field === "cookie") {
    const description =
      "The access token in a cookie. Requests that may change something must come from a page of the API's";
    return { type: "apiKey", in: "cookie", name, description };
  }
  if (field === "sec-websocket-protocol") {
    const description = `For WebSockets: the subprotocols ${name} and the access token, e.g. "${name}, eyJ…"`;
    return { type: "apiKey", in: "header", name: "Sec-WebSocket-Protocol", description };
  }
  const description = isAmbient(source)
    ? "The token that the proxy in front of the API sets, not the client"
    : "The access token, without anything before it";
  return { type: "apiKey", in: "header", name: field, description };
}
