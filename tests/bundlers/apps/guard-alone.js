// What a Worker is shipped that verifies tokens, and has all that the package has for that.

import { createVerifier } from "countersign";
import { createGuard } from "countersign/guard";
import { guarded } from "countersign/hono";

const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
const guard = createGuard({ verifier, resource: "https://api.example" });

export default { fetch: guard.protect(() => Response.json(typeof guarded)) };
