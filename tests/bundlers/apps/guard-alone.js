// What a Worker is shipped that protects an API, with a verifier of its own.

import { createGuard, createVerifier } from "countersign/guard";
import { guarded } from "countersign/hono";

const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
const guard = createGuard({ verifier, resource: "https://api.example" });

export default { fetch: guard.protect(() => Response.json(typeof guarded)) };
