import type { ServerMetadata } from "../jwks/metadata.js";
import { explained } from "./explain.js";
import type { Fault } from "./inspect.js";

/** What stands in the way of a sign-in, as the core judges the metadata, and what would make it safer. */
export async function signInFaults(metadata: ServerMetadata): Promise<Fault[]> {
  const faults: Fault[] = [];
  const { authorization_endpoint, token_endpoint } = metadata;
  if (authorization_endpoint !== undefined && token_endpoint !== undefined) {
    const server = { ...metadata, authorization_endpoint, token_endpoint };
    const { createAuthorizationRequest } = await import("../client/index.js");
    try {
      createAuthorizationRequest({ server, clientId: "inspect", redirectUri: "http://127.0.0.1/", scope: "openid" });
    } catch (thrown) {
      const error = explained(thrown);
      const message = error?.message ?? (thrown instanceof Error ? thrown.message : String(thrown));
      const remedy = error?.remedy ?? "Let the issuer correct its metadata: nobody can sign in by it as it is.";
      faults.push({ severity: "error", code: error?.code ?? "metadata", message, remedy });
    }
    if (metadata.authorization_response_iss_parameter_supported !== true) {
      faults.push({
        severity: "warning",
        code: "iss_parameter",
        message: "the issuer does not promise iss in authorization responses (RFC 9207)",
        remedy: "A client of several issuers cannot tell whose response it has: give each a redirect URI of its own.",
      });
    }
  }
  if (metadata.jwks_uri === undefined) {
    faults.push({
      severity: "warning",
      code: "jwks_uri",
      message: "the metadata names no key set",
      remedy: "Tokens of this issuer can be verified by introspection alone, or with keys that you are given.",
    });
  }
  return faults;
}
