// What the server wants of a client's requests: authentication (RFC 6749 §2.3, RFC 7523) and proofs (RFC 9449 §4.3).

import { createHash, createPublicKey, verify } from "node:crypto";

/** An OAuth error answer. */
export class Refusal extends Error {
  constructor(error, message = error, { status = 400, nonce, challenge } = {}) {
    super(message);
    Object.assign(this, { error, status, nonce, challenge });
  }
}

export function authenticated(server, { headers }, form) {
  const { id, method = "none", secret, jwk } = server.client;
  const refuse = (message) => {
    throw new Refusal("invalid_client", message, { status: 401 });
  };
  for (const name of form.keys()) {
    if (name !== "resource" && form.getAll(name).length > 1) throw new Refusal("invalid_request", `${name} twice`);
  }
  if (method === "client_secret_basic") {
    // Form-encoded, where a space may be `+` or `%20`.
    const [scheme, credentials = ""] = (headers.authorization ?? "").split(" ");
    const [name, password] = atob(credentials)
      .split(":")
      .map((part) => new URLSearchParams(`x=${part}`).get("x"));
    if (scheme !== "Basic" || name !== id || password !== secret) refuse("not by client_secret_basic");
    return;
  }
  if (headers.authorization !== undefined) refuse("a header field that nobody asked for");
  if (form.get("client_id") !== id) refuse("another client");
  if (method === "client_secret_post" && form.get("client_secret") !== secret) refuse("another secret");
  if (method === "private_key_jwt") {
    const { header, claims, isGood } = open(form.get("client_assertion") ?? "", jwk);
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") refuse("type");
    if (!isGood || header.alg === "none") refuse("signature");
    if (claims.iss !== id || claims.sub !== id || claims.aud !== server.issuer) refuse("claims");
    if (Math.abs(claims.exp - Date.now() / 1000) > 600 || once(server, claims.jti)) refuse("time or jti");
  }
}

/** Checks the proof of a request, and answers the thumbprint of its key. */
export function checkProof(server, { method, url, headers }, accessToken) {
  const text = headers.dpop;
  if (!server.client.dpop) {
    if (text !== undefined) throw new Refusal("invalid_dpop_proof", "nobody asked for it");
    return undefined;
  }
  const refuse = (message) => {
    throw new Refusal("invalid_dpop_proof", message);
  };
  if (text === undefined) refuse("missing");
  const [header] = text.split(".").map((part) => Buffer.from(part, "base64url").toString());
  const { jwk } = JSON.parse(header);
  const { header: read, claims, isGood } = open(text, jwk);
  if (read.typ !== "dpop+jwt" || !isGood || jwk.d !== undefined) refuse("signature");
  if (claims.htm !== method || claims.htu !== `${url.origin}${url.pathname}`) refuse("htm or htu");
  if (Math.abs(claims.iat - Date.now() / 1000) > 60 || once(server, claims.jti)) refuse("time or jti");
  if (accessToken !== undefined && claims.ath !== createHash("sha256").update(accessToken).digest("base64url"))
    refuse("ath");
  if (server.wantsNonce(claims.nonce)) {
    const nonce = server.nonce;
    const challenge = accessToken === undefined ? undefined : `${server.scheme} error="use_dpop_nonce"`;
    throw new Refusal("use_dpop_nonce", "nonce", { status: accessToken === undefined ? 400 : 401, nonce, challenge });
  }
  const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return createHash("sha256").update(members).digest("base64url");
}

/** Whether it was there before. */
function once(server, jti) {
  const known = typeof jti !== "string" || jti.length < 16 || server.proofs.has(jti);
  server.proofs.add(jti);
  return known;
}

function open(token, jwk) {
  const [header, payload, signature] = token.split(".");
  const read = (part) => JSON.parse(Buffer.from(part ?? "", "base64url").toString());
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  const isGood = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature ?? "", "base64url"));
  return { header: read(header), claims: read(payload), isGood };
}
