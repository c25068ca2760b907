// An authorization server that does wrong as it is told, and otherwise is strict: it refuses whatever a client does wrong.
//
// What it does wrong is data, a `behaviour`. Each part alters what a good server would say: an object has members in their
// place (`undefined`: none), a function makes them out of what would have been said.
//
//   metadata, authorization, header, claims, tokens, jwks, userinfo, pushed, device
//   idToken      the ID token as a whole, after it was signed
//   answers      by endpoint: the whole HTTP answer { status, headers, body }, or a function of the request that has one

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";

import { encode, makeKey, signToken } from "../support/tokens.mjs";
import { authenticated, checkProof, Refusal } from "./requests.mjs";

export const redirectUri = "https://app.example/callback";
const PATHS = {
  "/.well-known/openid-configuration": "metadata",
  "/.well-known/oauth-authorization-server": "metadata",
  "/authorize": "authorize",
  "/par": "push",
  "/token": "token",
  "/jwks": "jwks",
  "/userinfo": "userinfo",
  "/device": "device",
  "/revoke": "revoke",
  "/introspect": "introspect",
};

/** Keys that all servers share, since RSA takes its time: those that are published, and one that is not. */
export const keys = {
  rsa: makeKey("RS256", "rsa"),
  pss: makeKey("PS256", "pss"),
  ec: makeKey("ES256", "ec"),
  next: makeKey("ES256", "next"),
  p384: makeKey("ES384", "p384"),
  ed: makeKey("EdDSA", "ed"),
  foreign: makeKey("ES256", "ec"),
  foreignRsa: makeKey("RS256", "rsa"),
};

export const hash = (text) => createHash("sha256").update(text).digest();
export const halfHash = (text) => encode(hash(text).subarray(0, 16));
const random = () => randomBytes(16).toString("base64url");
export const seconds = () => Math.floor(Date.now() / 1000);

export function altered(good, change, context) {
  if (change === undefined) return good;
  return typeof change === "function" ? change(good, context) : { ...good, ...change };
}

export class HostileServer {
  /**
   * `client` is the registration: { id, method = "none", secret?, jwk?, dpop? }. `sign` and `publish` are names of `keys`.
   * With `nonces`, proofs need one; `"never enough"`: whatever the client sends, another one is asked for.
   */
  constructor(
    issuer,
    { client = { id: "app" }, behaviour = {}, sign = "rsa", publish = ["rsa"], nonces = false, scheme = "DPoP" } = {},
  ) {
    this.issuer = issuer;
    this.nonces = nonces;
    this.scheme = scheme;
    this.client = client;
    this.behaviour = behaviour;
    this.sign = sign;
    this.publish = publish;
    this.requests = [];
    this.nonce = nonces ? random() : undefined;
    this.codes = new Map();
    this.pushed = new Map();
    this.accessTokens = new Map();
    this.refreshTokens = new Map();
    this.proofs = new Set();
  }

  /** The same over HTTP, on loopback; with a key and certificate `tls`, over HTTPS. */
  static async listen({ tls, ...options }) {
    const server = new HostileServer(undefined, options);
    const http = (tls === undefined ? createServer : createTlsServer)(tls ?? {}, async (request, response) => {
      const body = await buffer(request);
      const url = new URL(request.url, server.issuer);
      const method = request.method;
      const answer = await server
        .respond({ method, url, headers: request.headers, body: body.toString() })
        .catch((error) => ((server.fault = error), { status: 500, headers: {}, body: "" }));
      if (answer.serve !== undefined) return answer.serve(response);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
    await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
    const origin = `127.0.0.1:${http.address().port}`;
    server.issuer = `${tls === undefined ? "http" : "https"}://${origin}`;
    server.close = () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(resolve));
    };
    return server;
  }

  /** The same without a network. */
  fetch = async (url, { method = "GET", headers = {}, body = "" } = {}) => {
    const fields = Object.fromEntries([...new Headers(headers)]);
    const answer = await this.respond({ method, url: new URL(url), headers: fields, body: String(body) });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };

  async respond(request) {
    const { behaviour } = this;
    const endpoint = PATHS[request.url.pathname];
    this.requests.push({ endpoint, ...request });
    const answer = behaviour.answers?.[endpoint ?? request.url.pathname];
    const replaced = typeof answer === "function" ? answer.call(this, request) : answer;
    if (replaced !== undefined) return replaced;
    if (endpoint === undefined) return json({ error: "not_found" }, 404);
    try {
      return this[endpoint](request);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      const headers = thrown.nonce === undefined ? {} : { "dpop-nonce": thrown.nonce };
      if (thrown.challenge !== undefined) headers["www-authenticate"] = thrown.challenge;
      return json({ error: thrown.error, error_description: thrown.message }, thrown.status, headers);
    }
  }

  /** Whether a proof with this nonce is sent back. */
  wantsNonce(nonce) {
    if (this.nonces === "never enough") this.nonce = random();
    return this.nonce !== undefined && nonce !== this.nonce;
  }

  count(endpoint) {
    return this.requests.filter((request) => request.endpoint === endpoint).length;
  }

  metadata() {
    const at = (path) => `${this.issuer}${path}`;
    const good = {
      issuer: this.issuer,
      authorization_endpoint: at("/authorize"),
      token_endpoint: at("/token"),
      jwks_uri: at("/jwks"),
      userinfo_endpoint: at("/userinfo"),
      pushed_authorization_request_endpoint: at("/par"),
      device_authorization_endpoint: at("/device"),
      revocation_endpoint: at("/revoke"),
      introspection_endpoint: at("/introspect"),
      end_session_endpoint: at("/end"),
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256", "PS256", "ES256"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
    return json(altered(good, this.behaviour.metadata, this));
  }

  jwks() {
    return json(altered({ keys: this.publish.map((name) => keys[name].jwk) }, this.behaviour.jwks, this));
  }

  push(request) {
    const form = new URLSearchParams(request.body);
    authenticated(this, request, form);
    checkProof(this, request);
    const uri = `urn:ietf:params:oauth:request_uri:${random()}`;
    this.pushed.set(uri, form);
    return json(altered({ request_uri: uri, expires_in: 60 }, this.behaviour.pushed, this), 201);
  }

  /** Signs the user of `login_hint` in, without a question. */
  authorize({ url }) {
    let query = url.searchParams;
    if (query.has("request_uri")) {
      query = this.pushed.get(query.get("request_uri"));
      if (query === undefined) throw new Refusal("invalid_request_uri");
    }
    const wanted = { response_type: "code", client_id: this.client.id, redirect_uri: redirectUri };
    for (const [name, value] of Object.entries(wanted)) {
      if (query.get(name) !== value) throw new Refusal("invalid_request", `${name} is ${query.get(name)}`);
    }
    if (query.get("code_challenge_method") !== "S256" || query.get("code_challenge")?.length !== 43)
      throw new Refusal("invalid_request", "a code challenge is required");
    for (const name of query.keys()) {
      if (name !== "resource" && query.getAll(name).length > 1) throw new Refusal("invalid_request", `${name} twice`);
    }
    const code = random();
    const login = {
      code,
      subject: query.get("login_hint") ?? "user",
      nonce: query.get("nonce") ?? undefined,
      scope: query.get("scope") ?? "",
      challenge: query.get("code_challenge"),
      jkt: query.get("dpop_jkt") ?? undefined,
    };
    this.codes.set(code, login);
    const good = { code, state: query.get("state"), iss: this.issuer };
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(altered(good, this.behaviour.authorization, { login, server: this }))) {
      for (const one of [value].flat()) if (one !== undefined) parameters.append(name, one);
    }
    return { status: 302, headers: { location: `${redirectUri}?${parameters}` }, body: "" };
  }

  token(request) {
    const form = new URLSearchParams(request.body);
    authenticated(this, request, form);
    const jkt = checkProof(this, request);
    const type = form.get("grant_type");
    if (type === "authorization_code") return this.#exchange(form, jkt);
    if (type === "refresh_token") return this.#refresh(form, jkt);
    if (type === "urn:ietf:params:oauth:grant-type:device_code") return this.#poll(form, jkt);
    if (type === "client_credentials") return this.#issue({ subject: this.client.id, scope: "" }, jkt);
    throw new Refusal("unsupported_grant_type");
  }

  #exchange(form, jkt) {
    const login = this.codes.get(form.get("code"));
    this.codes.delete(form.get("code"));
    if (login === undefined) throw new Refusal("invalid_grant", "no such code");
    if (form.get("redirect_uri") !== redirectUri) throw new Refusal("invalid_grant", "redirect_uri");
    if (login.jkt !== undefined && login.jkt !== jkt) throw new Refusal("invalid_grant", "dpop_jkt");
    const verified = encode(hash(form.get("code_verifier") ?? "")) === login.challenge;
    if (!verified && !this.behaviour.ignoresVerifier) throw new Refusal("invalid_grant", "code_verifier");
    return this.#issue(login, jkt);
  }

  #refresh(form, jkt) {
    const login = this.refreshTokens.get(form.get("refresh_token"));
    this.refreshTokens.delete(form.get("refresh_token"));
    if (login === undefined) throw new Refusal("invalid_grant", "no such refresh token");
    return this.#issue({ ...login, isRefresh: true, nonce: undefined, code: undefined }, jkt);
  }

  device(request) {
    const form = new URLSearchParams(request.body);
    authenticated(this, request, form);
    this.deviceCode = random();
    const good = {
      device_code: this.deviceCode,
      user_code: "WDJB-MJHT",
      verification_uri: `${this.issuer}/activate`,
      expires_in: 300,
      interval: 1,
    };
    return json(altered(good, this.behaviour.device, this));
  }

  /** `behaviour.polls` are the errors of the first polls; without an end where the last one is `null`. */
  #poll(form, jkt) {
    if (form.get("device_code") !== this.deviceCode) throw new Refusal("invalid_grant", "no such device code");
    this.polled ??= [];
    this.polled.push(Date.now());
    const { polls = [] } = this.behaviour;
    const error = polls.at(-1) === null ? polls[0] : polls[this.polled.length - 1];
    if (error !== undefined) throw new Refusal(error);
    return this.#issue({ subject: "user", scope: "openid" }, jkt);
  }

  #issue(login, jkt) {
    const accessToken = random();
    const { scope } = login;
    const refreshToken = login.code === undefined && !login.isRefresh ? undefined : random();
    const good = {
      access_token: accessToken,
      token_type: jkt === undefined ? "Bearer" : "DPoP",
      expires_in: 300,
      ...(refreshToken && { refresh_token: refreshToken }),
      ...(scope && { scope }),
      ...(scope.split(" ").includes("openid") && { id_token: this.idToken(login, accessToken) }),
    };
    this.accessTokens.set(accessToken, { ...login, jkt });
    if (refreshToken) this.refreshTokens.set(refreshToken, login);
    const body = altered(good, this.behaviour.tokens, { login, server: this });
    return json(body, 200, this.nonce === undefined ? {} : { "dpop-nonce": this.nonce });
  }

  idToken(login, accessToken) {
    const { behaviour } = this;
    const now = seconds();
    const context = { login, accessToken, server: this };
    const claims = {
      iss: this.issuer,
      sub: login.subject,
      aud: this.client.id,
      iat: now,
      exp: now + 300,
      auth_time: login.authTime ?? now,
      nonce: login.nonce,
      at_hash: halfHash(accessToken),
    };
    login.authTime = claims.auth_time;
    const key = keys[this.sign];
    const header = altered({ alg: key.algorithm, kid: key.kid, typ: "JWT" }, behaviour.header, context);
    const token = signToken(key, header, altered(claims, behaviour.claims, context));
    return behaviour.idToken === undefined ? token : behaviour.idToken(token, context);
  }

  userinfo(request) {
    const [scheme, value] = (request.headers.authorization ?? "").split(" ");
    const login = this.accessTokens.get(value);
    const challenge = 'Bearer error="invalid_token"';
    if (login === undefined) throw new Refusal("invalid_token", "unknown", { status: 401, challenge });
    if (login.jkt !== undefined) {
      const jkt = checkProof(this, request, value);
      if (scheme !== "DPoP" || jkt !== login.jkt)
        throw new Refusal("invalid_token", "not bound", { status: 401, challenge });
    } else if (scheme !== "Bearer") throw new Refusal("invalid_token", scheme, { status: 401, challenge });
    const good = { sub: login.subject, name: "Ada", email: "ada@example.com", email_verified: true };
    const body = altered(good, this.behaviour.userinfo, { login, server: this });
    if (typeof body === "string") return { status: 200, headers: { "content-type": "application/jwt" }, body };
    return json(body);
  }

  revoke(request) {
    const form = new URLSearchParams(request.body);
    authenticated(this, request, form);
    this.accessTokens.delete(form.get("token"));
    this.refreshTokens.delete(form.get("token"));
    return { status: 200, headers: {}, body: "" };
  }

  introspect(request) {
    const form = new URLSearchParams(request.body);
    authenticated(this, request, form);
    const login = this.accessTokens.get(form.get("token"));
    const good = login === undefined ? { active: false } : { active: true, sub: login.subject, iss: this.issuer };
    return json(altered(good, this.behaviour.introspection, this));
  }
}

export function json(value, status = 200, headers = {}) {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { status, headers: { "content-type": "application/json", "cache-control": "no-store", ...headers }, body };
}
