// What is asked of an API, and what a guard answers: the same behind every framework.

const bare = 'Bearer scope="notes:read", resource_metadata="https://api.example/.well-known/oauth-protected-resource"';
const challenge = (error, description) =>
  bare.replace("Bearer ", `Bearer error="${error}", error_description="${description}", `);
const invalidRequest = challenge("invalid_request", "the credentials must be a single access token");

const refused = (status, challenge) => ({ status, challenge, ran: false });
const later = { status: 503, retryAfter: "5", ran: false };
const accepted = { status: 200, ran: true, subject: "user" };
const anonymous = { status: 200, ran: true, subject: "nobody" };

/**
 * Rows `{ name, guard, method, path, headers, expected }`. `guard` is "usual", "optional", "down" (whose keys nobody
 * serves) or "failing" (whose keys' server answers 503).
 */
export function requests({ good, weak, expired, altered }) {
  const bearer = (token) => ["Authorization", `Bearer ${token}`];
  const basic = ["Authorization", "Basic YWxpY2U6c2VjcmV0"];
  const preflight = [
    ["Origin", "https://page.example"],
    ["Access-Control-Request-Method", "GET"],
  ];
  const rows = {
    "a good token": [[bearer(good)], accepted],
    "no credentials": [[], refused(401, bare)],
    "CORS preflight": [preflight, { preflight: true, ran: false }, { method: "OPTIONS" }],
    "OPTIONS that is no preflight": [[], refused(401, bare), { method: "OPTIONS" }],
    "preflight's fields, another method": [preflight, refused(401, bare)],
    "Bearer, empty": [[["Authorization", "Bearer"]], refused(400, invalidRequest)],
    "Bearer good x": [[bearer(`${good} x`)], refused(400, invalidRequest)],
    Basic: [[basic], refused(401, bare)],
    "two Authorization headers": [[bearer(good), bearer(good)], refused(400, invalidRequest)],
    "two, the first of another scheme": [[basic, bearer(good)], refused(400, invalidRequest)],
    DPoP: [[["Authorization", `DPoP ${good}`]], refused(401, bare)],
    "only ?access_token=": [[], refused(401, bare), { path: `/api/notes?access_token=${good}` }],
    "header and ?access_token=": [[bearer(good)], accepted, { path: `/api/notes?access_token=${good}` }],
    malformed: [
      [bearer("x")],
      refused(401, challenge("invalid_token", "the token is malformed or of an unsupported form")),
    ],
    expired: [[bearer(expired)], refused(401, challenge("invalid_token", "the token has expired"))],
    altered: [
      [bearer(altered)],
      refused(401, challenge("invalid_token", "the signature of the token does not verify")),
    ],
    "too little scope": [
      [bearer(weak)],
      refused(403, challenge("insufficient_scope", "the token lacks a scope of this operation")),
    ],
    "keys down, cold: refused connection": [[bearer(good)], later, { guard: "down" }],
    "keys endpoint answers 503": [[bearer(good)], later, { guard: "failing" }],
    "optional: no credentials": [[], anonymous, { guard: "optional" }],
    "optional: Basic": [[basic], anonymous, { guard: "optional" }],
    "optional: a good token": [[bearer(good)], accepted, { guard: "optional" }],
    "optional: Bearer, empty": [[["Authorization", "Bearer"]], refused(400, invalidRequest), { guard: "optional" }],
    "optional: expired": [
      [bearer(expired)],
      refused(401, challenge("invalid_token", "the token has expired")),
      { guard: "optional" },
    ],
    "HEAD, no credentials": [[], refused(401, bare), { method: "HEAD" }],
    "HEAD, a good token": [[bearer(good)], { status: 200, ran: true }, { method: "HEAD" }],
  };
  return Object.entries(rows).map(([name, [headers, expected, more]]) => ({
    name,
    guard: "usual",
    headers,
    expected,
    ...more,
  }));
}
