// `verify`, `inspect` and `keys`: what they say, what they end with, and that texts stay texts.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { json, serve, status } from "../js/support/server.mjs";
import { makeKey, signToken } from "../support/tokens.mjs";
import { emptyFolder, hostilePart, installed, PAYLOADS, run, runOnTerminal } from "./support.mjs";

const key = makeKey("ES256", "key");
const now = () => Math.floor(Date.now() / 1000);

/** An issuer on loopback. */
async function issuer(change = (metadata) => metadata, keys = [key.jwk]) {
  const server = await serve((request, response) => {
    const metadata = {
      issuer: server.origin,
      jwks_uri: `${server.origin}/keys`,
      authorization_endpoint: `${server.origin}/authorize`,
      token_endpoint: `${server.origin}/token`,
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
    const answers = { "/.well-known/openid-configuration": change(metadata), "/keys": { keys } };
    return (request.url in answers ? json(answers[request.url]) : status(404))(request, response);
  });
  return server;
}

export async function verifySuite(check) {
  const server = await issuer();
  const claims = () => ({ iss: server.origin, aud: "https://api.example", sub: "user", iat: now(), exp: now() + 600 });
  const token = (more = {}) => signToken(key, { alg: "ES256", kid: "key", typ: "JWT" }, { ...claims(), ...more });
  const whose = ["--issuer", server.origin, "--audience", "https://api.example"];
  const place = emptyFolder("verify");
  const jwks = path.join(place, "keys.json");
  writeFileSync(jwks, JSON.stringify({ keys: [key.jwk] }));

  await check("the version and the help", async () => {
    const { version } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
    assert.equal((await run(["--version"])).out, `${version}\n`);
    const help = await run(["--help"]);
    assert.equal(help.code, 0);
    for (const command of ["login", "token", "logout", "verify", "inspect", "keys"]) {
      assert.match(help.out, new RegExp(`^ {2}${command} `, "m"));
      const own = await run([command, "--help"]);
      assert.deepEqual([own.code, own.err], [0, ""], command);
      assert.match(own.out, /Options\n {2}--[^]*Examples\n {2}\S[^]*Exit status\n/, command);
      assert.equal((await run(["help", command])).out, own.out);
    }
    assert.match((await run(["verify", "--help"])).out, /Other users of this\s+machine can see/);
  });

  await check("a command line that cannot be used ends with 2", async () => {
    const wrong = [
      [[], /COMMAND/],
      [["verfiy"], /Did you mean verify\?/],
      [["verify"], /which token\?/],
      [["verify", "-", "--isuer", "x"], /Did you mean --issuer\?/],
      [["verify", "-", ...whose, "--issuer", "https://other.example"], /--issuer is there twice/],
      [["verify", "a.b.c"], /whose token\?/],
      [["verify", "a.b.c", "--issuer"], /--issuer/],
      [["verify", "a.b.c", "d.e.f", ...whose], /one token/],
      [["verify", "--token-env", "NOTHING", ...whose], /no variable NOTHING/],
      [["verify", "a.b.c", ...whose, "--jwks", path.join(place, "none")], /ENOENT/],
      [["verify", "a.b.c", ...whose, "--clock-tolerance", "1e3"], /whole number/],
      [["verify", "a.b.c", ...whose, "--clock-tolerance", "301"], /: --clock-tolerance must be a whole number/],
      [["verify", "a.b.c", ...whose.slice(0, 2)], /: --audience is mandatory: .* --binding client_id=my-client\n/],
      [["verify", "a.b.c", "-x"], /: countersign verify has no option -x\n/],
      [["verify", "a.b.c", ...whose, "--jwks-uri", "http://b.example"], /: --jwks-uri must .* --allow-insecure-host /],
      [["verify", "a.b.c", "--auth0"], /--auth0 wants --domain/],
      [["verify", "a.b.c", "--auth0", "--okta"], /two issuers/],
      [["verify", "a.b.c", "--auth0", "--domain", "https://x/", "--audience", "a"], /domain/],
      [["inspect"], /which issuer\?/],
      [["inspect", token()], /that is a token/],
      [["keys"], /whose keys\?/],
      [["keys", "tenant.example"], /: the issuer is a URL, e\.g\. /],
      [["keys", "http://b.example"], /: the issuer must be .* as --metadata-uri or that of the keys as --jwks-uri\n/],
      [["login", "tenant.example", "--client-id", "a"], /: the issuer is a URL, e\.g\. /],
      [["login", "https://b.example", "--client-id", ""], /: --client-id must be a string that is not empty\n/],
      [["login", "https://b.example", "--client-id", "a", "--folder", ""], /: --folder wants a path\n/],
      // Nobody signs in at a platform that gives its jobs tokens.
      [["login", "--github-actions", "--client-id", "a"], /no option --github-actions/],
      [["token", "--min-validity", "soon"], /: --min-validity wants a whole number of seconds/],
      [["keys", "--jwks", jwks, "--jwks-uri", "https://x.example"], /give one/],
    ];
    for (const [args, expected] of wrong) {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.match(err, expected, args.join(" "));
    }
  });

  await check("a good token, from a pipe, the environment and the command line", async () => {
    const good = token();
    const ways = [
      [["verify", "-"], { input: `${good}\n` }],
      [["verify", "--token-env", "GIVEN"], { env: { GIVEN: good } }],
      [["verify", good], {}],
    ];
    for (const [args, options] of ways) {
      const { code, out, err } = await run([...args, ...whose], options);
      assert.deepEqual([code, err], [0, ""]);
      assert.equal(out.match(/^✓ /gm).length, 13);
      assert.match(out, /\nAccepted\n$/);
      assert.ok(!out.includes(good), "the token itself is not shown");
    }
  });

  await check("each refusal says where it ended, why and what to do, and ends with 1", async () => {
    const other = makeKey("ES256", "other");
    const refused = {
      audience_mismatch: token({ aud: "https://other.example" }),
      token_expired: token({ exp: now() - 100 }),
      issuer_mismatch: token({ iss: "https://other.example/" }),
      typ_mismatch: token({ nonce: "x" }),
      key_not_found: signToken(other, { alg: "ES256", kid: "other" }, claims()),
      signature_invalid: signToken(other, { alg: "ES256", kid: "key" }, claims()),
      alg_not_allowed: signToken(key, { alg: "none" }, claims()),
      token_malformed: "nonsense",
    };
    for (const [code, jwt] of Object.entries(refused)) {
      const text = await run(["verify", "-", ...whose], { input: jwt });
      assert.equal(text.code, 1, code);
      assert.equal(text.out.match(/^✕ /gm).length, 1, code);
      assert.match(text.out, new RegExp(`cause .*[^]*remedy .*[^]*Refused: ${code}: `), code);
      const document = JSON.parse((await run(["verify", "-", ...whose, "--json"], { input: jwt })).out);
      assert.deepEqual([document.verdict, document.error.code], ["refused", code]);
      assert.equal(document.checks.filter(({ state }) => state === "failed").length, 1, code);
      assert.ok(document.error.remedy.length > 10);
      assert.equal(
        document.signed,
        ["audience", "token_e", "issuer_", "typ_mis"].some((begin) => code.startsWith(begin)),
      );
    }
  });

  await check("what cannot be judged ends with 3", async () => {
    const silent = await serve(status(503));
    const { code, out } = await run(["verify", token(), "--issuer", silent.origin, "--audience", "a"]);
    await silent.close();
    assert.equal(code, 3);
    assert.match(out, /^✕ Keys .*[^]*Not judged: jwks_unavailable/m);
    assert.match(out, / 503$/m);
    const gone = await run(["verify", token(), "--issuer", silent.origin, "--audience", "a", "--json"]);
    assert.deepEqual([gone.code, JSON.parse(gone.out).error.system], [3, "ECONNREFUSED"]);
  });

  await check("keys from a file, options and presets", async () => {
    const requests = server.requests.length;
    const fromFile = await run(["verify", "-", ...whose, "--jwks", jwks, "--required-claim", "sub"], {
      input: token(),
    });
    assert.deepEqual([fromFile.code, server.requests.length], [0, requests]);
    const strict = await run(["verify", "-", ...whose, "--subject", "another", "--jwks", jwks], { input: token() });
    assert.match(strict.out, /subject_mismatch/);
    const rsa = makeKey("RS256", "rsa");
    const oktaKeys = path.join(place, "okta.json");
    writeFileSync(oktaKeys, JSON.stringify({ keys: [rsa.jwk] }));
    const okta = ["verify", "-", "--okta", "--domain", "dev.okta.com", "--audience", "https://api.example"];
    const iss = "https://dev.okta.com/oauth2/default";
    const input = signToken(rsa, { alg: "RS256", kid: "rsa" }, { ...claims(), iss });
    const preset = await run([...okta, "--jwks", oktaKeys], { input });
    assert.equal(preset.code, 0, preset.out);
    const bound = ["--binding", "client_id=me", "--binding", "client_id=you"];
    const cli = await run(["verify", "-", "--issuer", server.origin, ...bound], {
      input: token({ aud: undefined, client_id: "you" }),
    });
    assert.equal(cli.code, 0, cli.out);
    const bad = path.join(place, "bad.json");
    writeFileSync(bad, "{}");
    assert.equal((await run(["verify", "-", ...whose, "--jwks", bad], { input: token() })).code, 2);
  });

  await check("every preset is there, with its parameters", async () => {
    const { out } = await run(["verify", "--help"]);
    for (const name of [
      "auth0",
      "entra",
      "cognito",
      "keycloak",
      "cognito-id-token",
      "github-actions",
      "azure-ad-b2c",
    ]) {
      assert.match(out, new RegExp(`^ {2}--${name} {2}`, "m"));
    }
    const entra = ["--entra", "--tenant", "common", "--audience", "a"];
    assert.equal((await run(["verify", "a.b.c", ...entra, "--jwks", jwks])).code, 1);
  });

  await check("colours and progress on a terminal alone", async () => {
    const piped = await run(["verify", "-", ...whose], { input: token(), env: { FORCE_COLOR: "1" } });
    assert.equal(hostilePart(piped.out + piped.err), undefined);
    const args = ["verify", token(), ...whose];
    const coloured = await runOnTerminal(args);
    assert.equal(coloured.code, 0);
    assert.ok(coloured.out.includes("\u001b[32m✓ Keys"), coloured.out);
    assert.ok(coloured.out.includes("\r\u001b[K"), "progress");
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const plain = await runOnTerminal(args, { env });
      // eslint-disable-next-line no-control-regex -- colours are what is looked for
      assert.ok(!/\u001b\[\d+m/.test(plain.out), JSON.stringify(env));
    }
  });

  await check("a reader that has seen enough is no failure", async () => {
    const { code, err } = await run([]).then(async () => {
      const { start, program } = await import("./support.mjs");
      return start("sh", ["-c", `'${program}' verify --help | head -1`]).ended;
    });
    assert.deepEqual([code, err], [0, ""]);
  });

  await check("what a token says is shown as text, in a pipe and on a terminal", async () => {
    const hostile = Object.fromEntries(PAYLOADS.map((payload) => [payload, [payload]]));
    const header = { alg: "ES256", kid: "key", typ: "JWT", ...hostile };
    const good = signToken(key, header, { ...claims(), ...hostile });
    const bad = signToken(key, header, { ...claims(), ...hostile, aud: PAYLOADS, sub: PAYLOADS.join("") });
    for (const [input, expected] of [
      [good, 0],
      [bad, 1],
    ]) {
      const text = await run(["verify", "-", ...whose], { input });
      assert.deepEqual([text.code, hostilePart(text.out + text.err)], [expected, undefined]);
      assert.equal(text.out.match(/^Accepted/gm)?.length ?? 0, expected === 0 ? 1 : 0);
      const document = await run(["verify", "-", ...whose, "--json"], { input });
      assert.deepEqual([document.code, hostilePart(document.out)], [expected, undefined]);
      for (const payload of PAYLOADS) assert.deepEqual(JSON.parse(document.out).claims[payload], [payload]);
    }
    const { out } = await runOnTerminal(["verify", bad, ...whose], { env: { NO_COLOR: "1" } });
    // eslint-disable-next-line no-control-regex -- progress is what is taken out
    const shown = out.replaceAll("\r\n", "\n").replaceAll(/\r\u001b\[K(?:[-\\|/] Verifying)?/g, "");
    assert.equal(hostilePart(shown), undefined);
    for (const payload of PAYLOADS.slice(0, 6)) {
      const jwt = signToken(key, { alg: "ES256", kid: payload }, { ...claims(), iss: payload });
      const unknown = await run(["verify", "-", ...whose], { input: jwt });
      const unsaid = await run(["verify", "-", "--audience", "a"], { input: jwt });
      assert.deepEqual([unknown.code, hostilePart(unknown.out + unknown.err)], [1, undefined]);
      assert.deepEqual([unsaid.code, hostilePart(unsaid.out + unsaid.err)], [2, undefined]);
    }
  });

  await check("what is on the command line is shown as text", async () => {
    const commands = [
      (payload) => [payload],
      (payload) => ["verify", payload, ...whose],
      (payload) => ["verify", "-", `--${payload}`],
      (payload) => ["verify", "-", ...whose, "--clock-tolerance", payload],
      (payload) => ["verify", "-", ...whose, "--jwks", payload],
      (payload) => ["verify", "-", "--issuer", payload, "--audience", payload],
      (payload) => ["verify", "-", "--auth0", "--domain", payload, "--audience", payload],
      (payload) => ["inspect", payload],
      (payload) => ["keys", "--jwks-uri", payload],
      (payload) => ["login", payload, "--client-id", payload, "--path", payload],
      (payload) => ["token", "--as", payload],
    ];
    const all = PAYLOADS.filter((payload) => !payload.includes("\0")).join("");
    for (const payload of [all, PAYLOADS[0], PAYLOADS[8]]) {
      for (const command of commands) {
        const args = command(payload);
        const { code, out, err } = await run(args, { input: "a.b.c" });
        assert.equal(hostilePart(out + err), undefined, JSON.stringify(args));
        assert.notEqual(code, 0, JSON.stringify(args));
      }
    }
  });

  await inspectSuite(check, server);
  await server.close();
}

async function inspectSuite(check, server) {
  await check("an issuer with nothing wrong", async () => {
    const { code, out } = await run(["inspect", server.origin]);
    assert.equal(code, 0, out);
    assert.match(out, /✓ key {2}ES256 {2}[\w-]{43}$/m);
    assert.match(out, /Nothing is wrong with it\.\n$/);
    const { keys, metadata, faults, errors } = JSON.parse((await run(["inspect", server.origin, "--json"])).out);
    assert.deepEqual([keys.keys[0].kid, metadata.issuer, faults, errors], ["key", server.origin, [], []]);
    assert.equal((await run(["keys", server.origin])).code, 0);
  });

  const wrong = {
    "another issuer in its metadata": [
      (metadata) => ({ ...metadata, issuer: "https://other.example" }),
      1,
      "discovery_issuer_mismatch",
    ],
    "metadata that is none": [() => [], 1, "discovery_invalid"],
    "no S256": [(metadata) => ({ ...metadata, code_challenge_methods_supported: ["plain"] }), 1, "pkce_unsupported"],
    "an endpoint without TLS": [
      (metadata) => ({ ...metadata, token_endpoint: "http://idp.example/token" }),
      1,
      "discovery_invalid",
    ],
    "no key set": [({ jwks_uri: _, ...metadata }) => metadata, 0, "jwks_uri"],
    "no iss in responses": [
      ({ authorization_response_iss_parameter_supported: _, ...metadata }) => metadata,
      0,
      "iss_parameter",
    ],
    "a broken key": [undefined, 1, "key_invalid", [key.jwk, { ...key.jwk, kid: "broken", x: "AAAA" }]],
    "a key for something else": [undefined, 0, "key_unsuitable", [key.jwk, { ...key.jwk, kid: "enc", use: "enc" }]],
    "one kid for two keys": [undefined, 0, "key_ambiguous", [key.jwk, makeKey("ES256", "key").jwk]],
  };
  for (const [what, [change, expected, code, keys]] of Object.entries(wrong)) {
    await check(`an issuer with ${what}`, async () => {
      const bad = await issuer(change, keys);
      const text = await run(["inspect", bad.origin]);
      const document = JSON.parse((await run(["inspect", bad.origin, "--json"])).out);
      await bad.close();
      assert.equal(text.code, expected, text.out);
      assert.ok(text.out.includes(code), text.out);
      assert.match(text.out, /remedy/);
      assert.ok(JSON.stringify([document.errors, document.faults]).includes(code));
    });
  }

  await check("an issuer that cannot be asked", async () => {
    const silent = await serve(status(500));
    const codes = [(await run(["keys", silent.origin])).code];
    await silent.close();
    codes.push((await run(["inspect", silent.origin])).code, (await run(["keys", silent.origin, "--json"])).code);
    assert.deepEqual(codes, [3, 3, 3]);
  });

  await check("what an issuer says is shown as text", async () => {
    const all = PAYLOADS.join("");
    const hostile = Object.fromEntries(PAYLOADS.map((payload) => [payload, payload]));
    const keys = [
      ...PAYLOADS.flatMap((kid) => [
        { ...key.jwk, kid },
        { kty: kid, kid },
      ]),
      { ...makeKey("ES256").jwk, kid: PAYLOADS[0] },
    ];
    const bad = await issuer(
      (metadata) => ({ ...metadata, ...hostile, code_challenge_methods_supported: [all] }),
      keys,
    );
    const endpoint = await issuer((metadata) => ({ ...metadata, authorization_endpoint: all }));
    const other = await issuer((metadata) => ({ ...metadata, issuer: all }));
    const cases = [bad, endpoint, other].flatMap(({ origin }) => [
      ["inspect", origin],
      ["inspect", origin, "--json"],
      ["keys", origin],
      ["keys", origin, "--json"],
    ]);
    for (const args of cases) {
      const { out, err, code } = await run(args);
      assert.equal(hostilePart(out + err), undefined, args.join(" "));
      assert.ok(code === 1 || args[0] === "keys", `${code} ${out} ${err}`);
    }
    await Promise.all([bad, endpoint, other].map((server) => server.close()));
  });
}
