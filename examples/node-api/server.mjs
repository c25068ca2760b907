// ISSUER=https://tenant.example/ AUDIENCE=https://api.example node server.mjs
import { createServer } from "node:http";
import { CountersignError, createVerifier } from "countersign";

const { ISSUER, AUDIENCE, CLOCK_TOLERANCE = "30", PORT = "8080" } = process.env;
const verifier = createVerifier({
  issuer: ISSUER,
  audience: AUDIENCE,
  profile: "at+jwt", // RFC 9068. Leave it out if your server's access tokens have no such type.
  clockTolerance: Number(CLOCK_TOLERANCE),
});

const server = createServer(async (request, response) => {
  const answer = (status, body, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

  const [, jwt] = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (jwt === undefined) return answer(401, { error: "token_missing" }, { "www-authenticate": "Bearer" });
  try {
    const { claims } = await verifier.verify(jwt);
    answer(200, { sub: claims.sub, scope: claims.scope, client_id: claims.client_id });
  } catch (error) {
    if (!(error instanceof CountersignError)) return answer(500, { error: "internal_error" });
    const challenge = error.status === 401 ? { "www-authenticate": 'Bearer error="invalid_token"' } : {};
    answer(error.status, { error: error.code }, challenge);
  }
});

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
