// What releases.test.mjs runs in workerd: the codes of the tokens that are posted, on one verifier per engine.

export function answering({ createVerifier }, init) {
  const verifiers = new Map();
  const code = async (call) => {
    try {
      await call();
      return "ok";
    } catch (error) {
      return error.code ?? String(error);
    }
  };
  return {
    async fetch(request, { JWKS, ISSUER, AUDIENCE }) {
      await init();
      const engine = new URL(request.url).searchParams.get("engine");
      if (!verifiers.has(engine)) {
        verifiers.set(engine, createVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUri: JWKS, engine }));
      }
      const verifier = verifiers.get(engine);
      const answer = { verify: [], verifySync: [] };
      for (const jwt of await request.json()) {
        answer.verify.push(await code(() => verifier.verify(jwt)));
        answer.verifySync.push(await code(() => verifier.verifySync(jwt)));
      }
      return Response.json(answer);
    },
  };
}
