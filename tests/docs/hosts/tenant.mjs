// Stands in for https://tenant.example: metadata, keys, an authorization endpoint that asks nobody, and a token endpoint that
// looks at the code verifier. Answers in a form where it is asked to. With WebCrypto alone, so that it runs inside every host.

const issuer = "https://tenant.example/";
const encoder = new TextEncoder();
const metadata = {
  issuer,
  jwks_uri: `${issuer}jwks`,
  authorization_endpoint: `${issuer}authorize`,
  token_endpoint: `${issuer}token`,
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
};

/** From a private JWK for ES256: { answer(url, init), tokens() }. */
export async function tenant(privateJwk) {
  const { d, ...publicJwk } = privateJwk;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", { ...publicJwk, d }, algorithm, false, ["sign"]);

  async function sign(typ, claims) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, sub: "alice", iat: now, exp: now + 600, ...claims };
    const input = `${encode({ alg: "ES256", kid: publicJwk.kid, typ })}.${encode(all)}`;
    const signature = await crypto.subtle.sign({ ...algorithm, hash: "SHA-256" }, key, encoder.encode(input));
    return `${input}.${base64url(signature)}`;
  }

  const accessToken = () =>
    sign("at+jwt", { aud: "https://api.example", scope: "read write", client_id: "my-client", jti: "1" });
  const idToken = (nonce) => sign("JWT", { aud: "my-client", nonce });

  async function answer(url, init = {}) {
    const { origin, pathname, searchParams } = new URL(url);
    if (`${origin}/` !== issuer) return undefined;
    if (pathname === "/.well-known/openid-configuration") return json(metadata);
    if (pathname === "/jwks") return json({ keys: [{ ...publicJwk, use: "sig", alg: "ES256" }] });
    if (pathname === "/authorize") {
      const [nonce, challenge] = ["nonce", "code_challenge"].map((name) => searchParams.get(name));
      const location = new URL(searchParams.get("redirect_uri"));
      const code = base64url(encoder.encode(JSON.stringify({ nonce, challenge })));
      const parameters = Object.entries({ code, state: searchParams.get("state"), iss: issuer });
      if (searchParams.get("response_mode") === "form_post") {
        const fields = parameters.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
        return new Response(`<form method="post" action="${location}">${fields.join("")}</form>`);
      }
      for (const [name, value] of parameters) location.searchParams.set(name, value);
      return new Response(null, { status: 303, headers: { location: location.href } });
    }
    if (pathname === "/token" && init.method === "POST") {
      const form = new URLSearchParams(init.body);
      const { nonce, challenge } = JSON.parse(atob(form.get("code").replaceAll("-", "+").replaceAll("_", "/")));
      const hash = await crypto.subtle.digest("SHA-256", encoder.encode(form.get("code_verifier")));
      if (base64url(hash) !== challenge) return json({ error: "invalid_grant" }, 400);
      const tokens = { access_token: await accessToken(), id_token: await idToken(nonce) };
      return json({ ...tokens, token_type: "Bearer", expires_in: 600 });
    }
    return json({ error: "not_found" }, 404);
  }

  return {
    answer,
    /** What the blocks find as `jwt`, `idToken` and `nonce`. */
    tokens: async () => ({ jwt: await accessToken(), idToken: await idToken("n-0S6_WzA2Mj"), nonce: "n-0S6_WzA2Mj" }),
  };
}

const encode = (value) => base64url(encoder.encode(JSON.stringify(value)));
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const json = (value, status = 200) => Response.json(value, { status, headers: { "access-control-allow-origin": "*" } });
