// What Fief's worker posts: verifyWebhook.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { atEnd } from "../support/processes.mjs";

export async function webhook(context) {
  const received = [];
  const receiver = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(204).end();
    if (received.at(-1).body.includes("zoë@example.com")) receiver.emit("received");
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  atEnd(() => receiver.closeAllConnections() ?? receiver.close());
  const url = `http://127.0.0.1:${receiver.address().port}/webhook`;
  const { secret } = await context.api("POST", "webhooks/", { url, events: ["user.created", "user.updated"] });

  const { results } = await context.api("GET", "tenants/");
  const created = await context.api("POST", "users/", {
    email: "zoë@example.com",
    password: "correct horse battery staple 9",
    email_verified: true,
    tenant_id: results.find((one) => one.default).id,
    fields: {},
  });
  await context.work(() => once(receiver, "received", { signal: AbortSignal.timeout(20_000) }));
  const request = ({ body = received.at(-1).body, ...headers } = {}) =>
    new Request(url, { method: "POST", body, headers: { ...received.at(-1).headers, ...headers } });
  const event = await context.verifyWebhook(request(), { secret });
  assert.deepEqual([event.type, event.data.id, event.data.email], ["user.created", created.id, "zoë@example.com"]);
  const later = String(Number(received.at(-1).headers["x-fief-webhook-timestamp"]) + 1);
  for (const changed of [
    { body: received.at(-1).body.replace("created", "deleted") },
    { "x-fief-webhook-timestamp": later },
    { "x-fief-webhook-signature": "0".repeat(64) },
  ])
    assert.equal(await context.verifyWebhook(request(changed), { secret }), undefined);
  assert.equal(await context.verifyWebhook(request(), { secret: `${secret}x` }), undefined);
}
