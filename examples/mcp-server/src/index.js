import { createMcpHandler, fromJsonSchema, McpServer, readRequestBody } from "@modelcontextprotocol/server";
import { createGuard } from "countersign/guard";

/** The scopes that a call of each tool needs. */
const SCOPES = new Map([
  ["list_notes", ["notes:read"]],
  ["add_note", ["notes:write"]],
]);

const text = (value) => ({ content: [{ type: "text", text: value }] });
const notes = new Map(); // Per user: an identity is issuer and subject. Yours are in a database.

/** A server for one request, made for who makes it. */
function serverFor({ authInfo }) {
  const server = new McpServer({ name: "notes", version: "1.0.0" });
  const user = JSON.stringify([authInfo.extra.issuer, authInfo.extra.subject]);
  server.registerTool("list_notes", { description: "Lists your notes" }, () =>
    text(JSON.stringify({ of: authInfo.extra.subject, notes: notes.get(user) ?? [] })),
  );
  const inputSchema = fromJsonSchema({
    type: "object",
    properties: { note: { type: "string", maxLength: 1000 } },
    required: ["note"],
  });
  server.registerTool("add_note", { description: "Adds a note", inputSchema }, ({ note }) => {
    notes.set(user, [...(notes.get(user) ?? []), note]);
    return text("added");
  });
  return server;
}

const mcp = createMcpHandler(serverFor);
let guard; // One per isolate: it keeps the issuer's keys from one request to the next.

export default {
  async fetch(request, env) {
    guard ??= createGuard({
      issuer: env.ISSUER,
      resource: env.RESOURCE, // The address that users give their client, e.g. https://mcp.example/mcp
      implies: { "notes:write": ["notes:read"] },
      metadata: { resource_name: "Notes", scopes_supported: ["notes:read"] },
    });
    if (request.method === "OPTIONS") return withCors(new Response(null, { status: 204 }));
    return withCors(await answer(request, env));
  },
};

async function answer(request, { RESOURCE }) {
  const metadata = guard.metadataResponse(request);
  if (metadata !== undefined) return metadata;
  if (new URL(request.url).pathname !== new URL(RESOURCE).pathname)
    return new Response("no such page", { status: 404 });

  // Before anything of the request is read: who it is.
  const somebody = await guard.authenticate(request, { scope: "notes:read" });
  if (!somebody.ok) return somebody.refusal.response();
  if (request.method !== "POST") return mcp.fetch(request, { authInfo: somebody.auth.toMcp() });

  // What is judged is what is executed: the body is parsed once.
  const body = await readRequestBody(request);
  if (body.tooLarge) return failure(413, -32_600, "the body is too large");
  const parsedBody = parsed(body.text);
  if (parsedBody === undefined) return failure(400, -32_700, "the body is no JSON");
  const judged = await guard.authenticate(request, { scope: scopesOf(parsedBody) });
  if (!judged.ok) return judged.refusal.response();
  return mcp.fetch(request, { authInfo: judged.auth.toMcp(), parsedBody });
}

/** `undefined`: it is no JSON. */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const failure = (status, code, message) =>
  Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });

/** All scopes that a body needs, be it one message or a batch of them. */
function scopesOf(body) {
  const messages = Array.isArray(body) ? body : [body];
  const calls = messages.filter((message) => message?.method === "tools/call");
  return [...new Set(["notes:read", ...calls.flatMap(({ params }) => SCOPES.get(params?.name) ?? [])])];
}

/** For clients in pages: a token is no cookie, so that any page may ask with one that it has. */
function withCors(response) {
  const answer = new Response(response.body, response);
  answer.headers.set("Access-Control-Allow-Origin", "*");
  answer.headers.set("Access-Control-Allow-Headers", "*, Authorization");
  return answer;
}
