// What a Worker is shipped that uses the slim entry point alone.

import { createVerifier } from "countersign/slim";

export default {
  async fetch(request) {
    const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
    await verifier.verify(request.headers.get("authorization"));
    return new Response();
  },
};
