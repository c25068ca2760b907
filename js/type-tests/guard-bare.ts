import { createGuard, type GuardRequest } from "countersign/guard";

// Without the types of a host, what is the host's is unknown.
const guard = createGuard({ issuer: "https://tenant.example/", resource: "https://api.example" });
export const route: (request: GuardRequest) => Promise<unknown> = guard.protect((_, { subject }) => subject);
