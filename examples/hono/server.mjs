// ISSUER=https://tenant.example/ RESOURCE=https://api.example CLIENT_ID=docs node server.mjs
import { serve } from "@hono/node-server";
import { createGuard, discover } from "countersign/guard";
import { guarded, metadata } from "countersign/hono";
import { openApi } from "countersign/openapi";
import { Hono } from "hono";
import { documentation } from "./documentation.mjs";

const { ISSUER, RESOURCE, CLIENT_ID, PORT = "8082" } = process.env;

const guard = createGuard({ issuer: ISSUER, resource: RESOURCE, implies: { "notes:write": ["notes:read"] } });

// Each need is written once: the route asks for it, and the document tells of it.
const needs = {
  me: {},
  hello: { optional: true },
  list: { scope: "notes:read" },
  add: { scope: "notes:write" },
  clear: { permissions: "notes:clear" },
};
const notes = ["Buy milk"];

const app = new Hono();
app.use(metadata(guard));
app.get("/hello", guarded(guard, needs.hello), (c) => c.json({ hello: c.get("auth")?.subject ?? "whoever you are" }));
app.get("/me", guarded(guard, needs.me), (c) => c.json({ subject: c.get("auth").subject }));
app.get("/notes", guarded(guard, needs.list), (c) => c.json(notes));
app.post("/notes", guarded(guard, needs.add), async (c) => c.json(notes.push((await c.req.text()).slice(0, 200)), 201));
app.delete("/notes", guarded(guard, needs.clear), (c) => (notes.splice(0), c.body(null, 204)));

const { authorization_endpoint: authorizationUrl, token_endpoint: tokenUrl } = await discover(ISSUER);
const api = openApi(guard, {
  authorizationCode: { authorizationUrl, tokenUrl },
  scopes: { "notes:read": "Read notes", "notes:write": "Write notes, and read them" },
});
const answers = (status, description) => ({ responses: { [status]: { description } } });
const requestBody = { content: { "text/plain": { schema: { type: "string", example: "Buy bread" } } } };

const document = {
  openapi: "3.1.0",
  info: { title: "Notes", version: "1.0.0" },
  components: api.components,
  paths: {
    "/health": { get: { summary: "Public: asks for nothing", security: [], ...answers(200, "It is there") } },
    "/hello": {
      get: api.operation(needs.hello, { summary: "Public: greets whom it knows", ...answers(200, "Hello") }),
    },
    "/me": { get: api.operation(needs.me, { summary: "Private: any good token", ...answers(200, "Who you are") }) },
    "/notes": {
      get: api.operation(needs.list, { summary: "By scope: all notes", ...answers(200, "The notes") }),
      post: api.operation(needs.add, { summary: "By scope: adds one", requestBody, ...answers(201, "How many") }),
      delete: api.operation(needs.clear, { summary: "By permission: clears all", ...answers(204, "No more notes") }),
    },
  },
};
app.get("/health", (c) => c.text("ok"));
app.get("/openapi.json", (c) => c.json(document));
app.route("/", documentation({ clientId: CLIENT_ID, issuer: ISSUER }));

const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: "127.0.0.1" }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}/docs/`),
);
process.once("SIGTERM", () => server.close());
