// examples/inspector in real browsers: what each check says, whom the page talks to, and that text stays text.
//
//   node tests/inspector/run.mjs

import assert from "node:assert/strict";
import path from "node:path";

import { makeKey } from "../js/support/tokens.mjs";
import { serve } from "../js/support/server.mjs";
import { atEnd } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { browsers } from "./browsers.mjs";
import { folder, hostilePackage, startInspector } from "./servers.mjs";

const ISSUER = "https://issuer.example/";
const AUDIENCE = "https://api.example";
const now = Math.floor(Date.now() / 1000);
const key = makeKey("ES256", "key");
const claims = { iss: ISSUER, aud: AUDIENCE, iat: now - 10, exp: now + 600 };

/** The samples, and where each ends. */
const SAMPLES = {
  "A good access token": undefined,
  "Expired an hour ago": ["times", "token_expired"],
  "Not valid before tomorrow": ["times", "token_not_yet_valid"],
  "For another API": ["audience", "audience_mismatch"],
  "From another issuer": ["issuer", "issuer_mismatch"],
  "An ID token, sent to an API": ["kind", "typ_mismatch"],
  "Without an end": ["times", "claim_missing"],
  "A number as its subject": ["rest", "claim_invalid"],
  "Altered after it was signed": ["signature", "signature_invalid"],
  "With the algorithm none": ["algorithm", "alg_not_allowed"],
  "A symmetric algorithm": ["algorithm", "alg_not_allowed"],
  "Signed by a key that nobody knows": ["key", "key_not_found"],
  "Demands an extension": ["header", "crit_unsupported"],
  "Cut off": ["form", "token_malformed"],
  Encrypted: ["form", "token_type_unsupported"],
  "Claims that would be HTML": ["audience", "audience_mismatch"],
};

/** Texts that run where somebody takes them for HTML, for a script or for an address. */
const HOSTILE = [
  "<script>globalThis.ran = 1</script>",
  "<img src=x onerror=globalThis.ran=1>",
  "<svg/onload=globalThis.ran=1>",
  '"><iframe srcdoc="<script>parent.ran=1</script>">',
  "</textarea><details open ontoggle=globalThis.ran=1>",
  "<math><mtext></table><style><img src onerror=globalThis.ran=1></style>",
  "javascript:globalThis.ran=1",
  "[x](javascript:globalThis.ran=1)",
  "`<b>`${globalThis.ran=1}`",
  "<a href=javascript:globalThis.ran=1 autofocus onfocus=globalThis.ran=1>x</a>",
  "&lt;img src=x onerror=globalThis.ran=1&gt;",
  "\u202e<base href=//evil.example/>",
];

const { check: test, skip, run } = createSuite();

await run(async () => {
  const heard = [];
  const nobody = await serve((request, response) => {
    heard.push(request.url);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("");
  });
  atEnd(() => nobody.close());
  const keys = [key.jwk, { kty: "RSA", kid: "weak", n: "AQAB", e: "AQAB" }];
  const keyServer = await serve(readable(() => ({ keys })));
  const issuer = await serve(readable(() => ({ issuer: issuer.origin, jwks_uri: `${keyServer.origin}/jwks` })));
  atEnd(() => keyServer.close());
  atEnd(() => issuer.close());
  const url = await startInspector("inspector");
  const hostile = await startInspector("hostile", hostilePackage(nobody.origin));

  await test("policies", async () => {
    const policyOf = async (address) => (await fetch(new URL(address, url))).headers.get("content-security-policy");
    assert.match(await policyOf("/"), /default-src 'none'; script-src 'self'; .*connect-src 'self';.*trusted-types/);
    const connect = "https://issuer.example/path?x; script-src *";
    assert.match(
      await policyOf(`worker.js?${new URLSearchParams({ connect })}`),
      /connect-src 'self' https:\/\/issuer\.example$/,
    );
    for (const wrong of ["http://issuer.example", "data:,", "*", "'unsafe-inline'", "ws://127.0.0.1"]) {
      const { status } = await fetch(new URL(`worker.js?${new URLSearchParams({ connect: wrong })}`, url));
      assert.equal(status, 404, wrong);
    }
  });

  for (const [name, start] of Object.entries(browsers)) {
    const openPage = await start();
    if (openPage === undefined) {
      skip(`no ${name} on this machine`);
      continue;
    }
    const inBrowser = (title, body, address = url, options = {}) =>
      test(`${name}: ${title}`, async () => {
        const page = await openPage(address, options);
        try {
          await body(page);
          // Browsers that have no Trusted Types say so.
          assert.deepEqual(
            page.errors.filter((text) => !/require-trusted-types-for|trusted-types/.test(text)),
            [],
          );
        } finally {
          await page.close();
        }
      });
    await inPage(name, inBrowser, { url, issuer, keyServer, heard });
    await inBrowser(
      "a package that somebody has taken over reaches nobody",
      async (page) => {
        const { verdict } = await inspect(page, { ...pasted(key), token: "a.b.c" });
        assert.match(verdict, /fetch blocked, import blocked/);
        assert.deepEqual(heard, []);
        page.errors.length = 0; // What the policy has refused.
      },
      hostile,
    );
  }
});

async function inPage(name, inBrowser, { url, issuer, keyServer, heard }) {
  await inBrowser("each sample ends at its check", async (page) => {
    for (const [sample, end] of Object.entries(SAMPLES)) {
      const { verdict, states, remedy } = await choose(page, sample);
      if (end === undefined) {
        assert.match(verdict, /^Accepted/, sample);
        assert.deepEqual([...new Set(Object.values(states))], ["passed"]);
        continue;
      }
      const [check, code] = end;
      assert.match(verdict, new RegExp(`^Refused\\s+${code} `), sample);
      const at = Object.keys(states).indexOf(check);
      const expected = Object.keys(states).map(
        (_, one) => ["passed", "failed", "not reached"][Math.sign(one - at) + 1],
      );
      assert.deepEqual(Object.values(states), expected, sample);
      assert.match(remedy, /Cause.+Remedy.+/s, sample);
    }
  });

  await inBrowser("keys of an issuer, which has them at another origin", async (page) => {
    const options = { issuer: issuer.origin, audience: AUDIENCE, source: "issuer" };
    const token = key.sign({ ...claims, iss: issuer.origin });
    const { verdict, text } = await inspect(page, { ...options, token });
    assert.match(verdict, /^Accepted/);
    for (const part of [`GET ${keyServer.origin}/jwks`, "the token's", "µs", "ES256"])
      assert.ok(text.includes(part), part);
    assert.ok(text.includes("weak") && /key_invalid|key_unsuitable/.test(text), "a key that is left out");
    const { verdict: other } = await inspect(page, { ...options, audience: "https://other.example", token });
    assert.match(other, /^Refused\s+audience_mismatch/);
    assert.deepEqual(heard, []);
  });

  await inBrowser("an issuer that is not there", async (page) => {
    const { verdict, states } = await inspect(page, {
      issuer: "http://127.0.0.1:9",
      audience: AUDIENCE,
      token: "a.b.c",
    });
    assert.match(verdict, /^Not judged\s+(jwks_unavailable|discovery_invalid) /);
    assert.equal(states.keys, "failed");
    assert.equal(states.size, "not reached");
    page.errors.length = 0; // What the network has refused.
  });

  await inBrowser("mistakes are said in words", async (page) => {
    for (const [fields, message] of [
      [{ more: "{" }, /not JSON/],
      [{ more: '{"isuer":1}' }, /did you mean/],
      [{ issuer: "" }, /issuer/],
      [{ audience: "" }, /audience/],
      [{ source: "issuer", issuer: "http://issuer.example" }, /https/],
      [{ jwks: "-----BEGIN" }, /jwks_invalid|key_invalid/],
    ]) {
      const { verdict } = await inspect(page, { ...pasted(key), token: "x", ...fields });
      assert.match(verdict, /^Not judged/, JSON.stringify(fields));
      assert.match(verdict, message);
    }
    page.errors.length = 0; // A worker that the server does not give.
  });

  await inBrowser("texts stay texts", async (page) => {
    for (const text of HOSTILE) {
      const named = makeKey("ES256", text);
      const shown = [];
      for (const [more, fields] of [
        [{ iss: text }],
        [{ aud: text, name: text }],
        [{ exp: now - 600, [text]: text }],
        [{}, { audience: text }],
        [{}, { more: JSON.stringify({ [text]: 1 }) }],
        [{ sub: text }, { profile: "at+jwt" }],
      ]) {
        const token = named.sign({ ...claims, ...more }, { kid: text });
        const { elements, text: all } = await inspect(page, { ...pasted(named), token, ...fields });
        assert.deepEqual(elements, [], text);
        shown.push(all.includes(text.slice(0, 40)));
      }
      assert.equal(shown.filter(Boolean).length >= 4, true, `${text} is shown`);
    }
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  });

  await inBrowser("by keyboard", async (page) => {
    await inspect(page, { ...pasted(key), token: key.sign(claims) });
    const reached = await (async () => {
      const seen = [];
      await page.evaluate(() => document.getElementById("sample").focus());
      for (let step = 0; step < 16; step += 1) {
        seen.push(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
        await page.press("Tab");
      }
      return seen;
    })();
    for (const id of ["sample", "token", "issuer", "audience", "profile", "jwks", "SUMMARY", "check", "PRE"])
      assert.ok(reached.includes(id), `${id}: ${reached.join(" ")}`);
    const unlabelled = await page.evaluate(() =>
      [...document.querySelectorAll("textarea, input, select")]
        .filter(({ labels }) => !labels?.length)
        .map(({ id }) => id),
    );
    assert.deepEqual(unlabelled, []);
    await page.evaluate(() => {
      const token = document.getElementById("token");
      token.value = "x";
      token.focus();
    });
    await page.hold("Control", "Enter");
    await page.evaluate(settled);
    assert.match((await page.evaluate(report)).verdict, /^Refused\s+token_malformed/);
  });

  await inBrowser(
    "a link fills in the form, and leaves the address",
    async (page) => {
      await page.evaluate(settled);
      assert.equal(await page.evaluate(() => location.hash), "");
      assert.match((await page.evaluate(report)).verdict, /^Accepted/);
    },
    `${url}#${new URLSearchParams({ ...pasted(key), token: key.sign(claims) })}`,
  );

  for (const [screen, size] of Object.entries({
    phone: { width: 360, height: 740 },
    desktop: { width: 1280, height: 900 },
    ...(name === "Chromium" && {
      "phone-dark": { width: 360, height: 740, dark: true },
      "desktop-dark": { width: 1280, height: 900, dark: true },
    }),
  })) {
    await inBrowser(
      `fits a ${screen}`,
      async (page) => {
        const file = (state) => path.join(folder, `${name.toLowerCase()}-${screen}-${state}.png`);
        await page.screenshot(file("empty"));
        for (const [state, sample] of [
          ["accepted", "A good access token"],
          ["refused", "Claims that would be HTML"],
        ]) {
          await choose(page, sample);
          assert.equal(await page.evaluate(() => innerWidth), size.width);
          const [content, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.equal(content <= view, true, `${content} px in ${view}`);
          await page.screenshot(file(state));
        }
      },
      undefined,
      size,
    );
  }
}

/** JSON that pages of other origins may read. */
function readable(value) {
  return (request, response) => {
    response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(JSON.stringify(value()));
  };
}

function pasted({ jwk }) {
  return { issuer: ISSUER, audience: AUDIENCE, profile: "access-token", source: "pasted", jwks: JSON.stringify(jwk) };
}

/** Fills in the form, checks, and answers what is shown. */
async function inspect(page, fields) {
  await page.evaluate((given) => {
    const { elements } = document.getElementById("form");
    for (const [name, value] of Object.entries({ more: "", nonce: "", ...given })) elements[name].value = value;
    elements.token.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("form").requestSubmit();
  }, fields);
  await page.evaluate(settled);
  return page.evaluate(report);
}

async function choose(page, sample) {
  await page.evaluate((name) => {
    const list = document.getElementById("sample");
    list.value = name;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    // It signs first.
    document.getElementById("result").setAttribute("aria-busy", "true");
  }, sample);
  await page.evaluate(settled);
  return page.evaluate(report);
}

/** Waits, in the page, for the result. */
async function settled() {
  const result = document.getElementById("result");
  for (let waited = 0; waited < 20_000; waited += 10) {
    if (result.getAttribute("aria-busy") === "false" && result.querySelector(".verdict")) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("there is no result");
}

/** What is shown, in the page. */
function report() {
  const result = document.getElementById("result");
  const states = [...result.querySelectorAll(".checks li")].map((row) => [
    row.dataset.check,
    row.querySelector(".state").textContent,
  ]);
  return {
    verdict: result.querySelector(".verdict").innerText,
    states: Object.fromEntries(states),
    remedy: result.querySelector(".explanation")?.innerText ?? "",
    text: result.textContent,
    elements: [...result.querySelectorAll("script, img, svg, iframe, a, base, style, math, details, textarea")].map(
      ({ tagName }) => tagName,
    ),
  };
}
