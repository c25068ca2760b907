// Whatever a caller passes comes to an error with a documented code or to a TypeError about an option. Never to anything
// else, never to a verified token.

import { makeVerifier } from "./corpus.mjs";
import { enginesOf } from "./engines.mjs";
import { goodCases } from "./values.mjs";
import { ok, outcome } from "./assert.mjs";

export async function hostileTests({ countersign, corpora, capabilities, test }) {
  const { corpus, definition, token } = goodCases(corpora)[0];
  const good = { now: () => corpus.now * 1000, ...corpus.verifiers[definition.verifier] };

  /** `call` with each hostile value. `never`: the verdicts that no hostile value may come to. */
  async function each(name, call, never = []) {
    for (const [label, make] of hostileValues(token)) {
      await test(`${name}(${label})`, async () => {
        const { verdict } = await outcome(countersign, () => call(make()));
        ok(!verdict.startsWith("bug"), verdict);
        ok(!never.includes(verdict), `comes to ${verdict}`);
      });
    }
  }

  for (const engine of enginesOf(capabilities)) {
    const verifier = makeVerifier(countersign, corpus, definition.verifier, engine);
    await each(`verify, ${engine}`, (value) => promised(() => verifier.verify(value)), ["ok", "internal_error"]);
    await each(`verifySync, ${engine}`, (value) => verifier.verifySync(value), ["ok", "internal_error"]);
    await test(`the verifier works after all of it, ${engine}`, () => verifier.verify(token, definition.expectations));
  }

  const options =
    "issuer audience algorithms jwks jwksUri profile typ clockTolerance requiredClaims maxTokenAge subject limits engine";
  await each("createVerifier", (value) => countersign.createVerifier(value), ["ok"]);
  for (const option of [...options.split(" "), "fetch", "now"]) {
    await each(
      `createVerifier ${option}:`,
      (value) => use(countersign.createVerifier({ ...good, [option]: value }), token),
      ["internal_error"],
    );
  }
  for (const option of ["issuer", "audience"]) {
    for (const value of [undefined, null, "", 1, [], {}]) {
      await test(`createVerifier refuses ${option} ${JSON.stringify(value)}`, async () => {
        const { verdict } = await outcome(countersign, () => countersign.createVerifier({ ...good, [option]: value }));
        ok(verdict === "config", `comes to ${verdict}`);
      });
    }
  }
  await test("createVerifier refuses an option that it does not know", async () => {
    const { verdict } = await outcome(countersign, () =>
      countersign.createVerifier({ ...good, issuers: ["https://x.example"] }),
    );
    ok(verdict === "config", `comes to ${verdict}`);
  });
  await each("createVerifier jwks.keys:", (value) => countersign.createVerifier({ ...good, jwks: { keys: value } }), [
    "internal_error",
  ]);
  await each(
    "createVerifier jwks.keys[0]:",
    (value) => countersign.createVerifier({ ...good, jwks: { keys: [value] } }),
    ["internal_error"],
  );
  for (const text of [
    "",
    "<!doctype html>",
    "null",
    "[]",
    "{}",
    '{"keys":{}}',
    '{"keys":[],"keys":[]}',
    "-----BEGIN PUBLIC KEY-----",
  ]) {
    await test(`createVerifier refuses the jwks ${JSON.stringify(text)}`, async () => {
      const { verdict } = await outcome(countersign, () => countersign.createVerifier({ ...good, jwks: text }));
      ok(["jwks_invalid", "key_invalid", "config"].includes(verdict), `comes to ${verdict}`);
    });
  }

  const { issuer, audience } = good;
  const shared = { issuer, audience, algorithm: "HS256", secret: new Uint8Array(32).fill(7) };
  await each("createSharedSecretVerifier", (value) => countersign.createSharedSecretVerifier(value), ["ok"]);
  for (const option of ["secret", "algorithm"]) {
    await each(
      `createSharedSecretVerifier ${option}:`,
      (value) => countersign.createSharedSecretVerifier({ ...shared, [option]: value }),
      ["ok"],
    );
  }
  const pem = new TextEncoder().encode(
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
  );
  const jwk = new TextEncoder().encode(
    '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
  );
  for (const [label, secret] of [
    ["31 bytes", new Uint8Array(31)],
    ["no bytes", new Uint8Array()],
    ["a PEM", pem],
    ["a JWK", jwk],
    ["text", "s".repeat(32)],
  ]) {
    await test(`createSharedSecretVerifier refuses ${label} as a secret`, async () => {
      const { verdict } = await outcome(countersign, () =>
        countersign.createSharedSecretVerifier({ ...shared, secret }),
      );
      ok(["config", "key_invalid"].includes(verdict), `comes to ${verdict}`);
    });
  }

  const idVerifier = countersign.createVerifier({ ...good, profile: "id-token" });
  for (const field of ["nonce", "accessToken", "code", "maxAge"]) {
    await each(`verify, expectation ${field}:`, (value) => idVerifier.verify(token, { [field]: value }), [
      "internal_error",
    ]);
  }
  await each("verify, expectations", (value) => idVerifier.verify(token, value), ["internal_error"]);

  await each("decodeUnverified", (value) => countersign.decodeUnverified(value), ["ok", "internal_error"]);
  await each("thumbprint", (value) => countersign.thumbprint(value), ["ok", "internal_error"]);
  for (const member of ["kty", "crv", "x"]) {
    const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
    await each(`thumbprint ${member}:`, (value) => countersign.thumbprint({ ...key, [member]: value }), [
      "ok",
      "internal_error",
    ]);
  }
  await each("discover", (value) => promised(() => countersign.discover(value, { fetch: refuse })), [
    "ok",
    "internal_error",
  ]);
  await each(
    "discover, options",
    (value) => promised(() => countersign.discover("https://x.example", hostileFetch(value))),
    ["ok", "internal_error"],
  );
}

/** A verifier that was made in spite of a hostile option must still answer decently. Its fetch must not reach the network. */
async function use(verifier, token) {
  if (typeof verifier?.verify !== "function") throw new Error("is no verifier");
  await promised(() => verifier.verify(token));
}

/** An async function answers with a promise, whatever it is given. */
function promised(call) {
  let promise;
  try {
    promise = call();
  } catch (error) {
    throw new Error(`threw at once: ${error?.message}`, { cause: error });
  }
  if (typeof promise?.then !== "function") throw new Error("answered with no promise");
  return promise;
}

const refuse = () => Promise.reject(new Error("no network"));

const hostileFetch = (value) => (typeof value === "object" && value !== null ? value : { fetch: () => value });

function hostileValues(token) {
  const boom = () => {
    throw new RangeError("boom");
  };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, boom]));
  const cycle = {};
  cycle.self = cycle;
  const deep = () => {
    let value = {};
    for (let depth = 0; depth < 20_000; depth += 1) value = { value };
    return value;
  };
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  return [
    ["undefined", () => undefined],
    ["null", () => null],
    ["true", () => true],
    ["-1", () => -1],
    ["NaN", () => NaN],
    ["Infinity", () => Infinity],
    ["2 ** 53", () => 2 ** 53],
    ["a bigint", () => 10n],
    ["a symbol", () => Symbol("token")],
    ["an empty string", () => ""],
    ["a String object", () => new String(token)],
    ["an array that holds a token", () => [token]],
    ["an object with toString", () => ({ toString: () => token })],
    ["an object with toJSON that throws", () => ({ toJSON: boom })],
    ["a getter that throws", () => Object.defineProperty({}, "keys", { get: boom, enumerable: true })],
    ["getters that throw for all options", () => throwingGetters(boom)],
    ["a proxy whose every trap throws", () => new Proxy({}, traps)],
    ["a proxy of a function that throws", () => new Proxy(() => {}, traps)],
    ["a revoked proxy", revoked],
    ["a cycle", () => cycle],
    ["20,000 levels", deep],
    ["an object without a prototype", () => Object.create(null)],
    ["an object with __proto__", () => JSON.parse('{"__proto__":{"issuer":"https://x.example"}}')],
    ["bytes", () => new Uint8Array([1, 2, 3])],
    ["a function", () => () => token],
    ["a date", () => new Date(NaN)],
    ["a promise", () => Promise.resolve(token)],
    ["a lone surrogate", () => "\ud800"],
    ["a token with a lone surrogate", () => `${token}\udfff`],
    ["a token with NUL", () => `${token}\0`],
    ["a token with a wide character", () => token.replace("a", "\u0161")],
    ["dots", () => ".".repeat(1_000_000)],
    ["10 MB", () => "a".repeat(10_000_000)],
    ["10 MB with dots", () => `${"a".repeat(3_333_333)}.${"b".repeat(3_333_333)}.${"c".repeat(3_333_333)}`],
    ["5 MB of wide characters", () => "\u4e00".repeat(5_000_000)],
  ];
}

function throwingGetters(boom) {
  const names =
    "issuer audience algorithms jwks jwksUri profile secret algorithm fetch now engine nonce kty crv x n e server clientId redirectUri transaction code then";
  const value = {};
  for (const name of names.split(" ")) Object.defineProperty(value, name, { get: boom, enumerable: true });
  return value;
}
