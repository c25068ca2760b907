// A guard, tokens for it, and what its routes answer.

import { importPackage } from "../../support/package.mjs";
import { folder } from "./package.mjs";
import { audience, issuer, makeKey, time } from "./tokens.mjs";

export const guards = await importPackage(folder, "countersign/guard");
export const key = makeKey("ES256", "key");
export const resource = audience;
export const url = `${resource}/notes?access_token=x`;
export const options = { issuer, resource, jwks: { keys: [key.jwk] }, now: () => time * 1000 };
export const guard = guards.createGuard(options);
export const good = key.sign({ scope: "notes:read", permissions: ["a", "b"] });
export const bearer = (jwt) => ({ authorization: `Bearer ${jwt}` });

/** What a route answers, and what its handler was given. */
export async function ask(guard, need, headers = {}, init = {}) {
  let ran;
  const route = guard.protect(need, (_, auth, ...rest) => {
    ran = { auth, rest };
    return new Response("in");
  });
  const response = await route(new Request(url, { headers, ...init }), "env");
  const body = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get("www-authenticate"),
    retry: response.headers.get("retry-after"),
    headers: response.headers,
    body: response.status < 400 || body === "" ? body : JSON.parse(body),
    ran,
  };
}
