import type { Demand } from "./demand.js";
import type { Components, GuardResponses, Reference, Response, SecurityScheme } from "./types.js";

const CHALLENGE = {
  description: "The challenge: what was wrong, and what a token for this operation needs (RFC 6750 §3)",
  schema: { type: "string" },
};
const METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';

/** The `components` that operations refer to. */
export function components(securitySchemes: Record<string, SecurityScheme>, prefix: string): Components {
  const response = (description: string, headers: Response["headers"]): Response => ({
    description,
    headers,
    content: { "application/json": { schema: { $ref: `#/components/schemas/${prefix}Refusal` } } },
  });
  const challenge = (required: boolean, start: string): Response["headers"] => ({
    "WWW-Authenticate": { ...CHALLENGE, ...(required && { required }), example: `Bearer ${start}${METADATA}` },
  });
  return {
    securitySchemes,
    responses: {
      [`${prefix}BadRequest`]: response(
        "The credentials are not a single access token",
        challenge(true, 'error="invalid_request", error_description="the credentials must be a single access token", '),
      ),
      [`${prefix}Unauthorized`]: response(
        "There is no token, or it is not good",
        challenge(true, 'error="invalid_token", error_description="the token has expired", '),
      ),
      [`${prefix}Forbidden`]: response(
        "The token is good, and not enough. There is a challenge where one with more scopes would help",
        challenge(
          false,
          'error="insufficient_scope", error_description="the token lacks a scope of this operation", scope="notes:read", ',
        ),
      ),
      [`${prefix}Unavailable`]: response("The token could not be checked, and may be good: send it again later", {
        "Retry-After": {
          description: "Seconds to wait (RFC 9110 §10.2.3)",
          required: true,
          schema: { type: "integer" },
        },
      }),
    },
    schemas: {
      [`${prefix}Refusal`]: {
        type: "object",
        description: "Why a request was refused: the same text for every request that fails in the same way",
        required: ["error_description"],
        properties: {
          error: { type: "string", description: "The `error` of the challenge, or that of RFC 6749 §4.1.2.1" },
          error_description: { type: "string" },
          code: { type: "string", description: "Which check the request has failed, if it was judged" },
        },
      },
    },
  };
}

/** The responses that an operation has of the guard, by their status. */
export function refusals(demand: Demand, prefix: string): GuardResponses {
  const to = (name: string, description?: string): Reference => ({
    $ref: `#/components/responses/${prefix}${name}`,
    ...(description !== undefined && { description }),
  });
  const { scopes, anyScopes, permissions, isDecided, isAmbient } = demand;
  const lacks = [
    ...(scopes.length > 0 ? [`the scope ${scopes.join(" ")}`] : []),
    ...anyScopes.map((any) => `one of the scopes ${any.join(" ")}`),
    ...(permissions.length > 0 ? [`the permission ${permissions.join(", ")}`] : []),
  ];
  const reasons = [
    ...(lacks.length > 0 ? [`the token lacks ${lacks.join(", or ")}`] : []),
    ...(isDecided ? ["what is asked for is not this user's or client's"] : []),
    ...(isAmbient ? ["a page of another origin has sent the request"] : []),
  ];
  return {
    400: to("BadRequest"),
    401: to("Unauthorized", signIn(demand)),
    ...(reasons.length > 0 && { 403: to("Forbidden", sentence(reasons.join("; "))) }),
    503: to("Unavailable"),
  };
}

/** What is asked of the sign-in that the token comes from (RFC 9470). */
function signIn({ optional, acr, maxAge }: Demand): string | undefined {
  const asked = [
    ...acr.map((values) => `is of ${values.join(" or ")}`),
    ...(maxAge === undefined ? [] : [`is at most ${String(maxAge)} s old`]),
  ];
  const missing = optional ? "the token is not good" : "there is no token, or it is not good";
  if (asked.length === 0) return optional ? sentence(missing) : undefined;
  return sentence(`${missing}, or not of a sign-in that ${asked.join(" and ")}`);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
