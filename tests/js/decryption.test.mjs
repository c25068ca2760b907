// Encrypted tokens (RFC 7516): what jose and the RFCs have encrypted is decrypted, and nothing else is.

import assert from "node:assert/strict";
import { createCipheriv, createPrivateKey, webcrypto } from "node:crypto";
import { test } from "node:test";
import { compactDecrypt } from "jose";
import { codeOf, mistaken, refused } from "./support/assert.mjs";
import { ENCRYPTIONS, TAMPERED, base64url, combinations, encrypt, pairFor, withHeader } from "./support/jwe.mjs";
import { client } from "./support/package.mjs";
import { makeKey } from "./support/tokens.mjs";

const { createDecrypter } = client;
const signed = makeKey("ES256").sign();
const only = (kind, curve) =>
  [...combinations()].find(({ alg, enc, curve: on }) => alg === kind.alg && enc === kind.enc && (curve ?? on) === on);
const gcm = only({ alg: "dir", enc: "A128GCM" });
const agreed = only({ alg: "ECDH-ES", enc: "A128GCM" });

test("a round trip with jose for every alg, enc and curve", async () => {
  let count = 0;
  for (const kind of combinations()) {
    const token = await encrypt(signed, kind);
    assert.equal(await createDecrypter([kind.key])(token), signed, `${kind.alg} ${kind.enc} ${kind.curve}`);
    count += 1;
  }
  assert.equal(count, 4 * (1 + 3 * 3 + 1));
});

test("Fief: of sign-ins at once, the first ones find the key half read", async () => {
  for (const alg of ["RSA-OAEP-256", "ECDH-ES+A256KW", "dir"]) {
    const kind = only({ alg, enc: "A256CBC-HS512" });
    const decrypt = createDecrypter([kind.key]);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => encrypt(signed, kind)));
    assert.deepEqual(await Promise.all(tokens.map(decrypt)), Array(20).fill(signed));
  }
});

test("a token that is not encrypted is refused, and answered as it is where both are expected", async () => {
  const strict = createDecrypter([gcm.key]);
  const both = createDecrypter([gcm.key], { acceptUnencryptedTokens: true });
  const message = /not encrypted/;
  assert.match((await refused(() => strict(signed), "token_type_unsupported")).message, message);
  assert.equal(await both(signed), signed);
  for (const other of ["", "a.b", "a.b.c.d", "a.b.c.d.e.f"]) {
    await refused(() => strict(other), "token_malformed");
    assert.equal(await both(other), other);
  }
  await mistaken(() => strict(undefined), /must be a string/);
  await mistaken(() => createDecrypter([gcm.key], { acceptUnencryptedTokens: "yes" }), /acceptUnencryptedTokens/);
});

test("apu and apv are part of what is derived", async () => {
  for (const enc of ["A256CBC-HS512", "A128GCM"]) {
    for (const alg of ["ECDH-ES", "ECDH-ES+A256KW"]) {
      const kind = only({ alg, enc });
      const [apu, apv] = [new Uint8Array([1, 2, 3]), new Uint8Array(32).fill(9)];
      const token = await encrypt(signed, kind, {}, { apu, apv });
      assert.equal(await createDecrypter([kind.key])(token), signed);
    }
  }
});

test("keys of WebCrypto that nobody can export", async () => {
  const { subtle } = webcrypto;
  const agreement = await subtle.generateKey({ name: "ECDH", namedCurve: "P-384" }, false, ["deriveBits"]);
  const transport = await subtle.generateKey(
    { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) },
    false,
    ["decrypt", "encrypt"],
  );
  for (const [alg, { privateKey, publicKey }] of [
    ["ECDH-ES+A128KW", agreement],
    ["RSA-OAEP-256", transport],
  ]) {
    const token = await encrypt(signed, { alg, enc: "A256GCM", encryptionKey: publicKey });
    assert.equal(await createDecrypter([{ alg, key: privateKey }])(token), signed);
  }
});

test("the key for dir that comes from the client secret", async () => {
  const clientSecret = "a secret: 100 % odd";
  const hash = new Uint8Array(await webcrypto.subtle.digest("SHA-256", new TextEncoder().encode(clientSecret)));
  for (const enc of ["A128GCM", "A256GCM", "A128CBC-HS256"]) {
    const token = await encrypt(signed, { alg: "dir", enc, encryptionKey: hash.subarray(0, ENCRYPTIONS[enc]) });
    assert.equal(await createDecrypter([{ alg: "dir", enc, clientSecret }])(token), signed);
  }
  const decrypt = createDecrypter([{ alg: "dir", enc: "A256CBC-HS512", clientSecret }]);
  await mistaken(() => decrypt(`${"AAAA."}AAAA.AAAA.AAAA.AAAA`), /more than 256 bits/);
});

test("every edit of a byte is refused with one code and one message", async () => {
  const messages = new Set();
  for (const kind of combinations()) {
    if (kind.curve !== undefined && kind.curve !== "P-256") continue;
    const decrypt = createDecrypter([kind.key]);
    const token = await encrypt("a.short.token", kind);
    const segments = token.split(".").map((segment) => Buffer.from(segment, "base64url"));
    for (const [at, segment] of segments.entries()) {
      if (at === 0) continue;
      // Each byte of what is short, and some of an RSA ciphertext.
      const step = segment.length > 128 ? 16 : 1;
      for (let index = 0; index < segment.length; index += step) {
        const edited = segments.map((bytes) => Buffer.from(bytes));
        edited[at][index] ^= 1 << (index % 8);
        const error = await refused(() => decrypt(edited.map(base64url).join(".")), TAMPERED);
        messages.add(error.message);
      }
    }
    // The header is authenticated too, down to its spaces.
    const spaced = withHeader(token, (header) => ` ${JSON.stringify(header)}`);
    messages.add((await refused(() => decrypt(spaced), TAMPERED)).message);
  }
  assert.deepEqual([...messages], ["the token cannot be decrypted"]);
});

test("every edit of a character of the header is refused", async () => {
  const token = await encrypt(signed, gcm, { kid: "k" });
  const decrypt = createDecrypter([{ ...gcm.key, kid: "k" }]);
  const codes = new Set();
  for (let index = 0; index < token.indexOf("."); index += 1) {
    for (const character of "Aa0-_") {
      if (token[index] === character) continue;
      codes.add(await codeOf(() => decrypt(token.slice(0, index) + character + token.slice(index + 1))));
    }
  }
  codes.delete("header_invalid");
  codes.delete("encryption_unsupported");
  codes.delete("key_not_found");
  codes.delete("token_malformed");
  codes.delete("token_type_unsupported");
  codes.delete(TAMPERED);
  assert.deepEqual([...codes], []);
});

test("every truncation is refused", async () => {
  for (const kind of [gcm, agreed, only({ alg: "RSA-OAEP-256", enc: "A256CBC-HS512" })]) {
    const token = await encrypt("a.b.c", kind);
    const decrypt = createDecrypter([kind.key]);
    const last = token.lastIndexOf(".");
    for (let length = last + 1; length < token.length; length += 1) {
      assert.equal(await codeOf(() => decrypt(token.slice(0, length))), "token_malformed", `${kind.alg}, ${length}`);
    }
    for (const [at, segment] of token.split(".").entries()) {
      if (at === 0 || segment === "") continue;
      const shorter = token.split(".").with(at, base64url(Buffer.from(segment, "base64url").subarray(1)));
      const expected = at === 3 && kind.enc.endsWith("GCM") ? TAMPERED : "token_malformed";
      assert.equal(await codeOf(() => decrypt(shorter.join("."))), expected, `${kind.alg}, segment ${at}`);
    }
  }
});

test("a wrong key is no better than a broken token", async () => {
  for (const kind of combinations()) {
    const { alg, enc, curve } = kind;
    const token = await encrypt(signed, kind);
    const { subtle } = webcrypto;
    let other = { alg, enc, secret: new Uint8Array(ENCRYPTIONS[enc]) };
    if (alg !== "dir") {
      const parameters =
        alg === "RSA-OAEP-256"
          ? { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
          : { name: "ECDH", namedCurve: curve };
      const usage = alg === "RSA-OAEP-256" ? ["decrypt", "encrypt"] : ["deriveBits"];
      other = { alg, key: (await subtle.generateKey(parameters, false, usage)).privateKey };
    }
    const error = await refused(() => createDecrypter([other])(token), TAMPERED);
    assert.equal(error.message, "the token cannot be decrypted");
  }
});

test("an ephemeral key that is no point of the curve is refused before the private key is used", async () => {
  const token = await encrypt(signed, agreed);
  const decrypt = createDecrypter([agreed.key]);
  const { epk } = JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
  const zeros = base64url(new Uint8Array(32));
  const bad = [
    // A point of another curve of the same field: y is changed, so that b of y² = x³ + ax + b is another.
    { ...epk, y: base64url(Buffer.from(epk.y, "base64url").map((byte, at) => (at === 31 ? byte ^ 1 : byte))) },
    { ...epk, x: zeros, y: zeros },
    { ...epk, x: epk.y, y: epk.x },
    { ...epk, x: base64url(Buffer.concat([Buffer.alloc(1), Buffer.from(epk.x, "base64url")])) },
    { ...epk, x: base64url(new Uint8Array(32).fill(255)) },
    { ...epk, crv: "P-384" },
    { ...epk, crv: "secp256k1" },
    { ...epk, crv: "X25519" },
    { ...epk, kty: "OKP" },
    { ...epk, d: epk.x },
    { kty: "EC", crv: "P-256", x: epk.x },
    {},
    [],
    null,
    "epk",
    undefined,
  ];
  for (const other of bad) {
    const edited = withHeader(token, (header) => ({ ...header, epk: other }));
    assert.equal(await codeOf(() => decrypt(edited)), "header_invalid", JSON.stringify(other));
  }
  const onP384 = await encrypt(signed, only({ alg: "ECDH-ES", enc: "A128GCM" }, "P-384"));
  assert.equal(await codeOf(() => decrypt(onP384)), "header_invalid");
});

test("what a header may not ask for", async () => {
  const decrypt = createDecrypter([gcm.key, agreed.key]);
  const token = await encrypt(signed, gcm);
  const derived = await encrypt(signed, agreed);
  const cases = [
    [token, { alg: "RSA1_5" }, "encryption_unsupported", /RSA1_5/],
    [token, { alg: "RSA-OAEP" }, "encryption_unsupported", /SHA-1/],
    [token, { alg: "RSA-OAEP-384" }, "encryption_unsupported", /not one of the accepted/],
    [token, { alg: "PBES2-HS256+A128KW", p2c: 1e9, p2s: "AAAA" }, "encryption_unsupported", /passwords/],
    [token, { p2c: 1 }, "encryption_unsupported", /passwords/],
    [token, { alg: "A128KW" }, "encryption_unsupported", /not one of the accepted/],
    [token, { alg: "A128GCMKW", iv: "AAAA", tag: "AAAA" }, "encryption_unsupported", /not one of/],
    [token, { alg: "ECDH-ES+A192KW" }, "encryption_unsupported", /not one of/],
    [token, { alg: "DIR" }, "encryption_unsupported", /not one of/],
    [token, { enc: "A192GCM" }, "encryption_unsupported", /`enc`/],
    [token, { enc: "XC20P" }, "encryption_unsupported", /`enc`/],
    [token, { enc: undefined }, "header_invalid", /`enc`/],
    [token, { enc: ["A128GCM"] }, "header_invalid", /`enc`/],
    [token, { alg: undefined }, "header_invalid", /`alg`/],
    [token, { alg: 7 }, "header_invalid", /`alg`/],
    [token, { zip: "DEF" }, "token_type_unsupported", /compressed/],
    [token, { crit: ["exp"] }, "crit_unsupported", /extension/],
    [token, { b64: true }, "crit_unsupported", /extension/],
    [token, { cty: "JSON" }, "token_type_unsupported", /`cty`/],
    [token, { cty: 7 }, "header_invalid", /`cty`/],
    [token, { kid: 7 }, "header_invalid", /`kid`/],
    [token, { kid: "k".repeat(257) }, "header_invalid", /`kid`/],
    [token, { padding: "x".repeat(4100) }, "token_too_large", /header/],
    [derived, { apu: "AB" }, "header_invalid", /`apu`/],
    [derived, { apv: "A".repeat(400) }, "header_invalid", /`apv`/],
    [derived, { apv: 7 }, "header_invalid", /`apv`/],
  ];
  for (const [from, change, code, message] of cases) {
    const error = await refused(() => decrypt(withHeader(from, (header) => ({ ...header, ...change }))), code);
    assert.match(error.message, message);
  }
  const twice = withHeader(token, (header) => JSON.stringify(header).replace("{", '{"alg":"RSA1_5",'));
  assert.match((await refused(() => decrypt(twice), "header_invalid")).message, /twice/);
});

test("forms that are none", async () => {
  const decrypt = createDecrypter([gcm.key, agreed.key]);
  const [header, , iv, ciphertext, tag] = (await encrypt(signed, gcm)).split(".");
  const cases = [
    [[header, "AAAA", iv, ciphertext, tag], "an encrypted key for dir"],
    [[header, "", `${iv}AAAA`, ciphertext, tag], "a long iv"],
    [[header, "", "", ciphertext, tag], "no iv"],
    [[header, "", iv, ciphertext, ""], "no tag"],
    [[header, "", iv, ciphertext, tag.slice(0, 16)], "a short tag"],
    [[header, "", iv, `${ciphertext}*`, tag], "another alphabet"],
    [[header, "", iv, ciphertext, `${tag}==`], "padding"],
  ];
  for (const [segments, what] of cases)
    assert.equal(await codeOf(() => decrypt(segments.join("."))), "token_malformed", what);
  const huge = [header, "", iv, "A".repeat(65_536), tag].join(".");
  await refused(() => decrypt(huge), "token_too_large");
  const cbc = only({ alg: "dir", enc: "A128CBC-HS256" });
  const parts = (await encrypt(signed, cbc)).split(".");
  for (const content of ["", base64url(new Uint8Array(15)), base64url(new Uint8Array(17))])
    assert.equal(await codeOf(() => createDecrypter([cbc.key])(parts.with(3, content).join("."))), "token_malformed");
});

test("kid, alg and enc choose the key", async () => {
  const { jwk, publicKey } = pairFor("ECDH-ES", "P-521");
  const mine = { alg: "ECDH-ES+A256KW", enc: "A256GCM", encryptionKey: publicKey };
  const named = (kid, more) => ({ alg: mine.alg, key: { ...jwk, kid }, ...more });
  const decrypts = (keys, header) => async () => createDecrypter(keys)(await encrypt(signed, mine, header));
  assert.equal(await decrypts([named("a")], { kid: "a" })(), signed);
  assert.equal(await decrypts([named("a")])(), signed);
  assert.equal(await decrypts([gcm.key, named("a")])(), signed);
  assert.equal(await decrypts([named("a"), named(undefined)], { kid: "b" })(), signed);
  assert.equal(await decrypts([named("a", { kid: "b" })], { kid: "b" })(), signed);
  assert.equal(
    await decrypts(
      [
        {
          ...mine,
          encryptionKey: undefined,
          key: createPrivateKey({ key: jwk, format: "jwk" }).export({ format: "jwk" }),
        },
      ].map(({ alg, key }) => ({ alg, key })),
    )(),
    signed,
  );
  await refused(decrypts([named("a")], { kid: "b" }), "key_not_found");
  await refused(decrypts([named("a", { enc: "A128GCM" })]), "key_not_found");
  await refused(decrypts([gcm.key]), "key_not_found");
  await refused(decrypts([{ ...named("a"), alg: "ECDH-ES" }]), "key_not_found");
  await refused(decrypts([named("a"), named("b")]), "key_ambiguous");
  await refused(decrypts([named("a"), named("a")], { kid: "a" }), "key_ambiguous");
});

test("mistakes with keys", async () => {
  const { jwk } = pairFor("ECDH-ES");
  const rsa = pairFor("RSA-OAEP-256").jwk;
  for (const [keys, message] of [
    [[], /1 to 64/],
    ["key", /array/],
    [[{}], /"alg" is mandatory/],
    [[{ alg: "RSA1_5", key: rsa }], /must be "RSA-OAEP-256", /],
    [[{ alg: "dir", key: jwk, enc: "A128GCM" }], /one key/],
    [[{ alg: "ECDH-ES", secret: new Uint8Array(16) }], /one key/],
    [[{ alg: "ECDH-ES" }], /one key/],
    [[{ alg: "dir", enc: "A128GCM", secret: "text" }], /Uint8Array/],
    [[{ alg: "ECDH-ES", key: jwk, use: "enc" }], /no option "use"/],
  ])
    await mistaken(() => createDecrypter(keys), message);
  const token = await encrypt(signed, agreed);
  for (const [key, message] of [
    [{ alg: "dir", enc: "A128GCM", secret: new Uint8Array(15) }, /not as long as/],
    [{ alg: "dir", enc: "A192GCM", secret: new Uint8Array(24) }, /not accepted/],
    [{ alg: "dir", secret: new Uint8Array(16) }, /not for its `alg`/],
    [{ alg: "ECDH-ES", key: jwk, enc: ["A128GCM", "zip"] }, /not accepted/],
    [{ alg: "ECDH-ES", key: rsa }, /no private JWK/],
    [{ alg: "RSA-OAEP-256", key: jwk }, /no private JWK/],
    [{ alg: "ECDH-ES", key: { ...jwk, d: undefined } }, /no private JWK|usages|not for its/],
  ])
    await mistaken(() => createDecrypter([key])(token), message);
});

test("the example of RFC 7518 appendix C", async () => {
  const bob = {
    kty: "EC",
    crv: "P-256",
    x: "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
    y: "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
    d: "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
  };
  const header = {
    alg: "ECDH-ES",
    enc: "A128GCM",
    apu: "QWxpY2U",
    apv: "Qm9i",
    epk: {
      kty: "EC",
      crv: "P-256",
      x: "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
      y: "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
    },
  };
  const derived = Buffer.from("VqqN6vgjbSBcIijNcacQGg", "base64url");
  const protectedHeader = base64url(JSON.stringify(header));
  const iv = Buffer.alloc(12, 7);
  const cipher = createCipheriv("aes-128-gcm", derived, iv).setAAD(Buffer.from(protectedHeader));
  const ciphertext = Buffer.concat([cipher.update(signed), cipher.final()]);
  const token = [protectedHeader, "", ...[iv, ciphertext, cipher.getAuthTag()].map(base64url)].join(".");
  assert.equal(await createDecrypter([{ alg: "ECDH-ES", key: bob }])(token), signed);
});

test("the examples of RFC 7516 appendix A are refused by the name of their algorithm", async () => {
  // A.3: AES Key Wrap and AES-CBC. It is a good token, as jose finds.
  const token =
    "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ";
  const { plaintext } = await compactDecrypt(token, Buffer.from("GawgguFyGrWKav7AX4VKUg", "base64url"));
  assert.equal(new TextDecoder().decode(plaintext), "Live long and prosper.");
  const decrypt = createDecrypter([gcm.key, { alg: "RSA-OAEP-256", key: pairFor("RSA-OAEP-256").jwk }]);
  await refused(() => decrypt(token), "encryption_unsupported");
  // A.1 and A.2 by their headers.
  for (const header of [
    { alg: "RSA-OAEP", enc: "A256GCM" },
    { alg: "RSA1_5", enc: "A128CBC-HS256" },
  ])
    await refused(() => decrypt(withHeader(token, () => header)), "encryption_unsupported");
});
