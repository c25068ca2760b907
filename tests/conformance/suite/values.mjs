// What the functions answer when all is well: thumbprints, decoding, the shape of a verified token.

import { makeVerifier, tokenOf } from "./corpus.mjs";
import { enginesOf, lacks, methodsOf } from "./engines.mjs";
import { equal, ok, outcome } from "./assert.mjs";

export async function valueTests({ countersign, corpora, capabilities, test }) {
  const { decodeUnverified, thumbprint } = countersign;

  // RFC 7638, section 3.1.
  const rfc7638 = {
    kty: "RSA",
    n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    e: "AQAB",
    alg: "RS256",
    kid: "2011-04-29",
  };
  await test("thumbprint: the example of RFC 7638", () => {
    equal(thumbprint(rfc7638), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });
  await test("thumbprint: optional members and their order do not matter", () => {
    const { e, kty, n } = rfc7638;
    equal(thumbprint({ n, use: "sig", kty, e }), thumbprint(rfc7638));
  });
  await test("thumbprint: what is no key", async () => {
    for (const jwk of [{}, { kty: "XYZ" }, { kty: "RSA", n: "AQ" }]) {
      const { verdict } = await outcome(countersign, () => thumbprint(jwk));
      ok(["key_invalid", "key_unsuitable"].includes(verdict), `${JSON.stringify(jwk)} comes to ${verdict}`);
    }
  });

  const good = goodCases(corpora);
  await test("the corpus has good tokens", () => ok(good.length > 0, "it has none"));

  for (const { corpus, definition, token } of good) {
    await test(`decodeUnverified: ${definition.id}`, () => {
      const [header, payload] = token.split(".").slice(0, 2).map(decodeSegment);
      const decoded = decodeUnverified(token);
      equal(decoded.header, header, "the header");
      equal(decoded.claims, payload, "the claims");
    });
    if (lacks(capabilities, decodeSegment(token.split(".")[0]).alg)) continue;
    await test(`verified token: ${definition.id}`, async () => {
      const verified = await makeVerifier(countersign, corpus, definition.verifier, "auto").verify(
        token,
        definition.expectations,
      );
      const [header, payload] = token.split(".").slice(0, 2).map(decodeSegment);
      equal(verified.header, header, "the header");
      equal(verified.claims, payload, "the claims");
    });
  }

  await test("decodeUnverified is as strict as verification", async () => {
    const header = encodeSegment('{"alg":"ES256"}');
    for (const token of [
      "",
      "..",
      "a.b.c",
      `${header}.e30.AA=`,
      `${header}.${encodeSegment('{"a":1,"a":2}')}.AA`,
      `${header}.e30.AA.AA.AA`,
    ]) {
      const { verdict } = await outcome(countersign, () => decodeUnverified(token));
      ok(/^(token|header|claim)_/.test(verdict), `${JSON.stringify(token)} comes to ${verdict}`);
    }
  });

  await test("a claim named __proto__ is a claim like any other", () => {
    const payload = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"sub":"x"}';
    const { claims } = decodeUnverified(`${encodeSegment('{"alg":"ES256"}')}.${encodeSegment(payload)}.AAAA`);
    equal({}.polluted, undefined, "({}).polluted");
    equal(Object.hasOwn(claims, "__proto__"), true, "an own member __proto__");
    equal(claims.polluted, undefined, "claims.polluted");
  });

  const { corpus, definition, token } = good[0];
  await test("a verifier is not a place for state: a hundred at once", async () => {
    const verifier = makeVerifier(countersign, corpus, definition.verifier, "auto");
    const bad = `${token.slice(0, -6)}AAAAAA`;
    const calls = Array.from({ length: 100 }, (_, index) =>
      outcome(countersign, () => verifier.verify(index % 2 === 0 ? token : bad, definition.expectations)),
    );
    const verdicts = (await Promise.all(calls)).map(({ verdict }) => verdict);
    ok(
      verdicts.every((verdict, index) => (verdict === "ok") === (index % 2 === 0)),
      verdicts.join(" "),
    );
  });
  await test("a verified token belongs to its caller", async () => {
    const [engine] = enginesOf(capabilities);
    const [method] = methodsOf(capabilities);
    const verifier = makeVerifier(countersign, corpus, definition.verifier, engine);
    const first = await verifier[method](token, definition.expectations);
    first.claims.sub = "someone else";
    const second = await verifier[method](token, definition.expectations);
    ok(second.claims.sub !== "someone else", "a change shows in the next result");
  });
}

/** The cases that are accepted with asymmetric keys, one per verifier. */
export function goodCases(corpora) {
  const found = new Map();
  for (const corpus of corpora) {
    for (const definition of corpus.cases) {
      const key = `${corpus.name} ${definition.verifier}`;
      const secret = corpus.verifiers[definition.verifier].secret !== undefined;
      if (definition.expect === "ok" && !secret && !found.has(key)) {
        found.set(key, { corpus, definition, token: tokenOf(definition.token) });
      }
    }
  }
  return [...found.values()];
}

function decodeSegment(segment) {
  const bytes = Uint8Array.from(atob(segment.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}

const encodeSegment = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
