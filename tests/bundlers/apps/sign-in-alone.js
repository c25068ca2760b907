// What a Worker is shipped that signs users in: one core, which verifies the ID tokens too.

import { createAuthorizationRequest, createVerifier, discover } from "countersign/client";

const issuer = "https://tenant.example/";
const idTokens = createVerifier({ issuer, audience: "c", profile: "id-token" });

export default {
  async fetch(request) {
    await idTokens.verify(request.headers.get("authorization"), { nonce: "n" });
    const server = await discover(issuer);
    const { url } = createAuthorizationRequest({ server, clientId: "c", redirectUri: "https://app.example/" });
    return Response.redirect(url);
  },
};
