// A polluted Object.prototype: whatever it has, under every name that the package knows, changes no verdict.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { codeOf } from "./support/assert.mjs";
import { workerd } from "./support/native.mjs";
import { installed, packageFor, packageOn, wasmFile } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret, tamper, time } from "./support/tokens.mjs";

const browser = await packageFor("browser");
await browser.init(new WebAssembly.Module(wasmFile("core")));
const slim = await packageFor("node", "slim");

/** Each on an instance of its own: what breaks the language makes a core start over. */
const apis = {
  "node:crypto": await packageOn({ nodeCrypto: () => crypto }),
  browser,
  slim,
  "WebCrypto only": await packageOn({}),
  "node:crypto as on workerd": await packageOn({ nodeCrypto: () => workerd }),
};

const keys = ["RS256", "PS256", "ES256", "EdDSA"].map((alg) => makeKey(alg));
const jwks = { keys: keys.map(({ jwk }) => jwk) };
const secret = crypto.randomBytes(32);
const shared = { secret, algorithm: "HS256", issuer, audience, now };
const cases = keys.flatMap((key) => [
  [key.sign(), "ok"],
  [tamper(key.sign({ sub: "admin" })), "signature_invalid"],
]);
const late = [keys[2].sign({ exp: time - 60 }), "token_expired"];

/** Every name of a member in the package's files, and what the hosts' functions may look for in what they are given. */
const names = new Set(
  (
    readdirSync(path.join(installed, "dist"), { recursive: true })
      .filter((file) => file.endsWith(".js") && !file.endsWith(".bytes.js"))
      .map((file) => readFileSync(path.join(installed, "dist", file), "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, ""))
      .join() +
    ".d .dp .dq .qi .p .q .oth .k .ext .key_ops .use .alg .kid .x .y .n .e .context .asymmetricKeyType .passphrase .encoding"
  ).match(/(?<=[.{,"]\s*)[A-Za-z_$][\w$]*/g),
);
for (const name of Object.getOwnPropertyNames(Object.prototype)) names.delete(name);
// With these, the language itself breaks (`Object.defineProperty`, destructuring), or, before Node 21, what wasm-bindgen
// generates (`ArrayBuffer.prototype.detached`): no verdicts, but no false ones either.
const fatal = new Set(["get", "set", "return", "detached"]);
/** Node copies a JWK into an object of its own and finds these there. It refuses the key; the slim build has no other. */
const inKeys = new Set(["d", "p", "q", "dp", "dq", "qi", "k"]);
const values = [{ sub: "admin" }, crypto.constants.RSA_PKCS1_PSS_PADDING];

/** A `Response` would be polluted itself. */
const respond = async () => {
  const reads = [
    { done: false, value: new TextEncoder().encode(JSON.stringify(jwks)) },
    { done: true, value: undefined },
  ];
  return {
    status: 200,
    redirected: false,
    type: "basic",
    body: { getReader: () => ({ read: async () => reads.shift() }) },
  };
};

/** Runs a call under pollution. What it answers must not be an object: those have the pollution too. */
async function polluted(name, value, call) {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: true });
  try {
    return await call();
  } finally {
    delete Object.prototype[name];
  }
}

/** The code of a failure, or "ok" for a token of the very user. */
async function outcome(call) {
  try {
    const { claims } = await call();
    return claims.sub === "user" ? "ok" : "forged";
  } catch (error) {
    return Object.hasOwn(error, "code") ? error.code : String(error);
  }
}

test("the names are those of the package", () => {
  for (const name of [
    "config",
    "answer",
    "tokens",
    "reason",
    "padding",
    "saltLength",
    "dsaEncoding",
    "nodeCrypto",
    "credentials",
  ])
    assert.ok(names.has(name), name);
  assert.ok(names.size > 200);
});

for (const [label, api] of Object.entries(apis)) {
  test(`${label}: verdicts stay, for every name`, async () => {
    const remote = () => ({ issuer, audience, now, jwksUri: `${issuer}jwks`, fetch: respond });
    const verifiers = [
      { jwks, issuer, audience, now },
      { jwks, issuer, audience, now, cache: {} },
      { jwks, issuer, audience, now, engine: "wasm" },
    ]
      .slice(0, label === "node:crypto" ? 3 : 2)
      .map((options) => api.createVerifier(options));
    const hmac = api.createSharedSecretVerifier(shared);
    const mac = signWithSecret("HS256", secret);
    const wrong = [];
    for (const [at, name] of [...names].entries()) {
      for (const value of values.slice(at % 2, (at % 2) + 1)) {
        const where = `${name} = ${JSON.stringify(value)}`;
        await polluted(name, value, async () => {
          // Some verifiers are as old as the pollution, and prepare their keys under it.
          const young = api.createVerifier({ jwks, issuer, audience, now });
          const keeping = verifiers[1];
          const token = cases[(values.indexOf(value) + at) % 2 === 0 ? 0 : 4][0];
          const calls = [
            ...verifiers.flatMap((verifier) => [
              [() => verifier.verify(late[0]), late[1]],
              [() => verifier.verifySync(late[0]), late[1]],
            ]),
            [() => keeping.verify(token), "ok"],
            [() => keeping.verifySync(token), "ok"],
            [() => keeping.verifySync(tamper(token)), "signature_invalid"],
            [() => young.verify(token), "ok"],
            [() => young.verifySync(token), "ok"],
            [() => young.verify(tamper(token)), "signature_invalid"],
            [() => young.verifySync(tamper(token)), "signature_invalid"],
            [() => api.createVerifier(remote()).verify(token), "ok"],
            [() => hmac.verifySync(mac), "ok"],
            [() => hmac.verify(tamper(mac)), "signature_invalid"],
            [() => api.createSharedSecretVerifier(shared).verify(mac), "ok"],
          ];
          for (const [call, expected] of calls) {
            const got = await outcome(call);
            const mayFail = fatal.has(name) || (label === "slim" && inKeys.has(name));
            if (mayFail ? got === "forged" || (got === "ok" && expected !== "ok") : got !== expected)
              wrong.push(`${where}: ${got} instead of ${expected}: ${call}`);
          }
        }).catch((error) => fatal.has(name) || wrong.push(`${where}: ${error}`));
      }
    }
    assert.deepEqual(wrong, []);
  });
}

const prototype = {
  config: "c",
  answer: 1,
  verdict: { keyId: 0, answer: 1 },
  web: {},
  nodeCrypto: {},
  hostTurns: { left: 0 },
  left: 0,
  tokens: [],
  0: 1,
};

test("a whole token in the prototype is nobody's", async () => {
  const forged = { header: { alg: "ES256" }, claims: { iss: issuer, aud: audience, sub: "admin" } };
  for (const [label, api] of Object.entries(apis)) {
    const verifier = api.createVerifier({ jwks, issuer, audience, now });
    for (const [jwt, expected] of [...cases, late]) {
      Object.assign(Object.prototype, forged, prototype);
      try {
        assert.equal(await outcome(() => verifier.verify(jwt)), expected, label);
      } finally {
        for (const name of Object.keys({ ...forged, ...prototype })) delete Object.prototype[name];
      }
      assert.equal(await codeOf(() => verifier.verify(jwt)), expected);
    }
  }
});
