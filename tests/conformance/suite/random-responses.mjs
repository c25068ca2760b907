// Authorization and token responses that are put together at random, from parts that mean something: each comes to an
// answer or to a typed error, never to a bug.

import { ok, outcome } from "./assert.mjs";
import { base } from "./login.mjs";
import { random } from "./random.mjs"; // tests/differential/random.mjs, laid out here by run.mjs.

const rounds = 1000;

export async function randomResponseTests({ countersign, test }) {
  const { createAuthorizationRequest, parseAuthorizationResponse, parseTokenResponse } = countersign;
  const verdict = async (call) => (await outcome(countersign, call)).verdict;
  const { transaction } = createAuthorizationRequest(base);
  const { below, chance, pick } = random(20_261_125);
  const parts = [
    ...'?&=#%+:/;,."\\[]{}\0\n é𝄞\u2028',
    ...["code", "state", "iss", "error", "error_description", "user", transaction.state, base.redirectUri, "myapp://"],
    ...["%2", "%ff", "%00", "%F0%9D%84%9E", "\ud800", "\udc00", "__proto__", "a".repeat(300)],
    ...["access_token", "token_type", "id_token", "expires_in", "scope", "Bearer", "null", "true", "1e999", "-0", "12"],
  ];
  const gibberish = () => Array.from({ length: below(12) }, () => pick(parts)).join("");
  const value = (depth) => {
    if (depth > 0 && chance(0.2)) return [value(depth - 1), value(depth - 1)];
    if (depth > 0 && chance(0.2)) return { [gibberish()]: value(depth - 1) };
    return pick([null, true, false, -1, 0.5, 3600, 2 ** 60, "", "0", "60", "Bearer", "a b", gibberish()]);
  };
  const names = [
    "access_token",
    "token_type",
    "id_token",
    "refresh_token",
    "expires_in",
    "scope",
    "error",
    "ok",
    "__proto__",
  ];
  const body = () => {
    let members = Array.from({ length: below(9) }, () => [pick(names), value(3)]);
    if (chance(0.1)) members.push(["error", pick(["invalid_grant", gibberish()])]);
    if (chance(0.8)) members = [...new Map(members)];
    if (chance(0.7)) members.push(["access_token", "a"], ["token_type", "Bearer"]);
    const text = `{${members.map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`).join(",")}}`;
    return chance(0.2) ? `${text.slice(0, below(text.length))}${gibberish()}` : text;
  };
  const form = () => {
    const pairs = Array.from({ length: below(6) }, () => [pick(parts), gibberish()]);
    if (chance(0.7)) pairs.push(["code", "c"], ["state", chance(0.8) ? transaction.state : gibberish()]);
    return pairs;
  };
  const query = (pairs) => pairs.map((pair) => pair.join("=")).join(pick(["&", "&", "&&", ";"]));
  const responses = [
    () => pick([`${base.redirectUri}&`, `${base.redirectUri}?`, "?", "", "/", "myapp://cb?"]) + query(form()),
    () => new URLSearchParams(query(form())),
    () => form(),
    () => new Map(form()),
  ];
  const said = new Map();
  const hear = (got, input) => {
    if (got.startsWith("bug") || got === "internal_error" || got === "config")
      throw new Error(`${got} for ${JSON.stringify(input)}`);
    said.set(got, (said.get(got) ?? 0) + 1);
  };
  await test(`authorization response: ${rounds} random ones`, async () => {
    for (let count = 0; count < rounds; count += 1) {
      const response = pick(responses)();
      hear(await verdict(() => parseAuthorizationResponse(response, transaction)), response);
    }
  });
  await test(`token response: ${rounds} random ones`, async () => {
    for (let count = 0; count < rounds; count += 1) {
      const status = pick([200, 200, 200, 201, 400, 500]);
      const options = { missingTokenTypeIsBearer: chance(0.5), ...(chance(0.5) && { transaction }) };
      const text = body();
      hear(
        await verdict(() => {
          const read = parseTokenResponse(status, text, options);
          ok(typeof (read.access_token ?? read.id_token) === "string", "no token");
          for (const [name, type] of Object.entries(types)) {
            ok(!(name in read) || typeof read[name] === type, `${name} is ${JSON.stringify(read[name])}`);
          }
          return read;
        }),
      );
    }
  });
  await test("authorization and token responses: the random ones come to everything", () => {
    for (const verdict of ["ok", "state_mismatch", "authorization_response_invalid", "token_endpoint_error"])
      ok((said.get(verdict) ?? 0) > 20, `${verdict}: ${said.get(verdict)} times`);
    ok((said.get("token_response_invalid") ?? 0) > 20, "token_response_invalid: hardly ever");
  });
}

const types = {
  access_token: "string",
  token_type: "string",
  id_token: "string",
  refresh_token: "string",
  scope: "string",
  expires_in: "number",
};
