// What OpenAPI documents say of a guard, judged by the schema of OpenAPI 3.1.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";

const { createGuard, fromAuthorization, fromCookie, fromHeader, fromWebSocket } = await importPackage(
  folder,
  "countersign/guard",
);
const { openApi } = await importPackage(folder, "countersign/openapi");

const issuer = "https://tenant.example/";
const resource = "https://api.example";
const ok = { responses: { 200: { description: "Well" } } };
const endpoints = { authorizationUrl: "https://tenant.example/auth", tokenUrl: "https://tenant.example/token" };

/** A document with these operations, as it is served. It is valid, and whatever it refers to is there. */
async function documentOf(api, operations) {
  const paths = Object.fromEntries(Object.entries(operations).map(([path, get]) => [path, { get }]));
  const info = { title: "Notes", version: "1" };
  const document = JSON.parse(JSON.stringify({ openapi: "3.1.0", info, components: api.components, paths }));
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.equal(valid, true, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]*)"/g)) {
    const found = reference.split("/").reduce((at, name) => at?.[name], document);
    assert.equal(typeof found, "object", reference);
  }
  for (const { get } of Object.values(document.paths)) {
    for (const name of get.security.flatMap(Object.keys)) assert.ok(document.components.securitySchemes[name], name);
  }
  return document;
}

test("the schema refuses what is no OpenAPI", async () => {
  const api = { components: { securitySchemes: { bearer: { type: "http" } } } };
  await assert.rejects(documentOf(api, { "/": { ...ok, security: [] } }), /scheme/);
});

test("a guard of an issuer: sign-in by its metadata, and a bearer token", async () => {
  const api = openApi(createGuard({ issuer, resource }));
  const { components, paths } = await documentOf(api, {
    "/notes": api.operation({ scope: ["notes:read", "notes:list"] }, { summary: "All notes", ...ok }),
    "/me": api.operation({}, ok),
    "/home": api.operation({ optional: true }, ok),
  });
  const { openIdConnect, bearer } = components.securitySchemes;
  assert.equal(openIdConnect.type, "openIdConnect");
  assert.equal(openIdConnect.openIdConnectUrl, "https://tenant.example/.well-known/openid-configuration");
  assert.deepEqual([bearer.type, bearer.scheme, bearer.bearerFormat], ["http", "bearer", "JWT"]);
  const scopes = ["notes:read", "notes:list"];
  const { get } = paths["/notes"];
  assert.equal(get.summary, "All notes");
  assert.deepEqual(get.security, [{ openIdConnect: scopes }, { bearer: scopes }]);
  assert.deepEqual(Object.keys(get.responses), ["200", "400", "401", "403", "503"]);
  assert.equal(get.responses[403].description, "The token lacks the scope notes:read notes:list");
  assert.deepEqual(Object.keys(paths["/me"].get.responses), ["200", "400", "401", "503"]);
  assert.deepEqual(paths["/home"].get.security, [{}, { openIdConnect: [] }, { bearer: [] }]);
});

test("endpoints that are known: authorization code with PKCE, and a table of all scopes", async () => {
  const guard = createGuard({
    issuer,
    resource,
    implies: { "notes:write": ["notes:read"] },
    metadata: { scopes_supported: ["notes:list", "notes:read"] },
  });
  const scopes = { "notes:read": "Read notes" };
  const api = openApi(guard, { authorizationCode: endpoints, scopes });
  const { components } = api;
  const { securitySchemes } = (
    await documentOf({ components }, { "/notes": api.operation({ anyScope: ["notes:admin", "notes:read"] }, ok) })
  ).components;
  assert.deepEqual(Object.keys(securitySchemes), ["oauth2", "bearer"]);
  assert.deepEqual(securitySchemes.oauth2.flows.authorizationCode, {
    ...endpoints,
    scopes: {
      "notes:list": "",
      "notes:read": "Read notes",
      "notes:write": "Includes notes:read",
      "notes:admin": "",
    },
    "x-usePkce": "SHA-256",
  });
});

test("needs add up, and choices are multiplied", async () => {
  const outer = createGuard({ issuer, resource }).with({ scope: "a", maxAge: 600, optional: true });
  const inner = outer.with({ anyScope: ["b", "c"], acr: ["gold", "silver"], maxAge: 60 });
  const api = openApi(inner, { openIdConnect: false });
  const { paths } = await documentOf(api, {
    "/one": api.operation({ permissions: ["p", "q"], anyScope: ["d", "e"], authorize: () => true }, ok),
    "/two": api.operation({ anyScope: ["a", "x"] }, ok),
  });
  const { security, responses } = paths["/one"].get;
  assert.deepEqual(
    security.map(({ bearer }) => bearer.join(" ")),
    ["a b d", "a b e", "a c d", "a c e"],
  );
  assert.equal(
    responses[403].description,
    "The token lacks the scope a, or one of the scopes b c, or one of the scopes d e, or the permission p, q; " +
      "what is asked for is not this user's or client's",
  );
  assert.equal(
    responses[401].description,
    "There is no token, or it is not good, or not of a sign-in that is of gold or silver and is at most 60 s old",
  );
  assert.deepEqual(
    paths["/two"].get.security.map(({ bearer }) => bearer.join(" ")),
    ["a b", "a c"],
    "one that is there already is no choice",
  );
  assert.equal(api.operation().security.length, 2, "without a need: that of the guard");
});

test("tokens in other places", async () => {
  const guard = createGuard({
    issuer,
    resource,
    tokens: [
      fromCookie("__Host-token"),
      fromHeader("X-Token"),
      fromHeader("Cf-Access-Jwt-Assertion"),
      fromWebSocket("access-token"),
      fromAuthorization(),
    ],
  });
  const api = openApi(guard, { prefix: "notes.", openIdConnect: false });
  const { components, paths } = await documentOf(api, { "/": api.operation({}, ok) });
  const placed = Object.entries(components.securitySchemes).map(([key, { type, in: place, name }]) => [
    key,
    type,
    place,
    name,
  ]);
  assert.deepEqual(placed, [
    ["notes.cookie", "apiKey", "cookie", "__Host-token"],
    ["notes.header", "apiKey", "header", "x-token"],
    ["notes.header2", "apiKey", "header", "cf-access-jwt-assertion"],
    ["notes.header3", "apiKey", "header", "Sec-WebSocket-Protocol"],
    ["notes.bearer", "http", undefined, undefined],
  ]);
  assert.match(components.securitySchemes["notes.header2"].description, /proxy/);
  assert.equal(paths["/"].get.responses[401].$ref, "#/components/responses/notes.Unauthorized");
  assert.equal(paths["/"].get.responses[403].description, "A page of another origin has sent the request");
});

test("several authorization servers, an address of their metadata, and none", () => {
  const verifier = { verify: async () => undefined };
  const authorizationServers = ["https://a.example", "https://b.example/t"];
  const several = openApi(createGuard({ verifier, resource, authorizationServers })).components.securitySchemes;
  assert.deepEqual(
    [several.openIdConnect, several.openIdConnect2].map(({ openIdConnectUrl }) => openIdConnectUrl),
    authorizationServers.map((server) => `${server}/.well-known/openid-configuration`),
  );
  const metadataUri = "https://tenant.example/metadata";
  const elsewhere = openApi(createGuard({ issuer, resource, metadataUri })).components.securitySchemes;
  assert.equal(elsewhere.openIdConnect.openIdConnectUrl, metadataUri);
  const none = openApi(createGuard({ verifier, resource })).components.securitySchemes;
  assert.deepEqual(Object.keys(none), ["bearer"]);
});

test("what a response is said to have, it has", async () => {
  const guard = createGuard({ issuer, resource, jwksUri: "http://127.0.0.1:9/jwks" });
  const { components } = openApi(guard);
  const names = { 400: "BadRequest", 401: "Unauthorized", 503: "Unavailable" };
  const jwt = [{ alg: "ES256" }, { iss: issuer }, "x".repeat(64)].map((part) =>
    Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url"),
  );
  for (const [status, authorization] of [
    [400, "Bearer a b"],
    [401, "Basic x"],
    [503, `Bearer ${jwt.join(".")}`],
  ]) {
    const { refusal } = await guard.authenticate(new Request(resource, { headers: { authorization } }));
    assert.equal(refusal.status, status);
    const { headers, content } = components.responses[names[status]];
    for (const name of Object.keys(headers)) assert.ok(new Map(refusal.headers).has(name), `${status} has ${name}`);
    const schema = components.schemas[content["application/json"].schema.$ref.split("/").pop()];
    const body = JSON.parse(refusal.body);
    assert.ok(Object.keys(body).every((name) => Object.hasOwn(schema.properties, name)));
    assert.ok(schema.required.every((name) => Object.hasOwn(body, name)));
  }
});

test("mistakes throw", () => {
  const guard = createGuard({ issuer, resource });
  for (const wrong of [undefined, null, {}, { ...guard }]) assert.throws(() => openApi(wrong), /createGuard/);
  for (const [options, message] of [
    [{ prefix: "a b" }, /prefix/],
    [{ scope: {} }, /did you mean "scopes"/],
    [{ scopes: ["a"] }, /scopes/],
    [{ scopes: { a: 1 } }, /"a"/],
    [{ authorizationCode: { tokenUrl: "https://a.example" } }, /authorizationUrl.*mandatory/],
    [{ openIdConnect: "no" }, /true or false/],
  ]) {
    assert.throws(() => openApi(guard, options), message);
  }
  const { operation } = openApi(guard);
  assert.throws(() => operation({ scopes: "a" }), /did you mean "scope"/);
  assert.throws(() => operation(undefined), TypeError);
});
