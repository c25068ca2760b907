// Of OpenAPI: what goes in, and that the result fits into documents as others type them.

import { createGuard } from "countersign/guard";
import { openApi, type SecurityScheme } from "countersign/openapi";
import { same } from "./verifier.js";

const guard = createGuard({ issuer: "https://tenant.example/", resource: "https://api.example" });
const api = openApi(guard, { scopes: { "notes:read": "Read notes" } });

export const schemes: Record<string, SecurityScheme> = api.components.securitySchemes;
export const plain: Record<string, string[]>[] = api.operation({ scope: "notes:read" }).security;
const merged = api.operation({ scope: "notes:read" }, { summary: "Notes", responses: { 200: { description: "All" } } });
same<typeof merged.summary, "Notes">(true);
same<(typeof merged.responses)[200], { readonly description: "All" }>(true);
export const challenge: string = merged.responses[401].$ref;
openApi(guard.with({ optional: true })).operation();

// @ts-expect-error: no such option
openApi(guard, { issuer: "https://tenant.example/" });
// @ts-expect-error: both endpoints
openApi(guard, { authorizationCode: { tokenUrl: "https://tenant.example/token" } });
// @ts-expect-error: no such need
api.operation({ scopes: "notes:read" });
// @ts-expect-error: no guard
openApi({});
