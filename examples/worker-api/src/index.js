import { CountersignError, createVerifier } from "countersign";

let verifier; // One per isolate: it keeps the issuer's keys from one request to the next.

export default {
  async fetch(request, env) {
    verifier ??= createVerifier({
      issuer: env.ISSUER,
      audience: env.AUDIENCE,
      profile: "at+jwt", // RFC 9068. Leave it out if your server's access tokens have no such type.
      clockTolerance: Number(env.CLOCK_TOLERANCE ?? 30),
    });

    const jwt = bearerToken(request);
    if (jwt === undefined) return refuse(401, "token_missing", "Bearer");
    try {
      const { claims } = await verifier.verify(jwt);
      return Response.json({ sub: claims.sub, scope: claims.scope, client_id: claims.client_id });
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      // 503 says that the keys could not be had: the token may be good, so the client should keep it and try again.
      return refuse(error.status, error.code, error.status === 401 ? 'Bearer error="invalid_token"' : undefined);
    }
  },
};

function bearerToken(request) {
  const match = /^Bearer +([^ ]+)$/i.exec(request.headers.get("authorization") ?? "");
  return match?.[1];
}

function refuse(status, error, challenge) {
  const headers = challenge ? { "www-authenticate": challenge } : {};
  return Response.json({ error }, { status, headers });
}
