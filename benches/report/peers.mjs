// What the libraries are, and what they leave unchecked of the policy that all are given: signature, algorithm, issuer,
// audience, `exp`. Ours checks more than that in every run (duplicate members, canonical base64url, the kind of token, the
// strength of keys), and has no switch to leave it out.

/** Name in the tables, what has its version, what does the arithmetic, what is not checked. */
export const peers = [
  ["jose", "jose", "WebCrypto", "nothing of it"],
  [
    "fast-jwt",
    "fast-jwt",
    "node:crypto",
    "which key of a set: it is given the one as PEM. It looks at claims only where they are required, as here",
  ],
  ["aws-jwt-verify", "aws-jwt-verify", "node:crypto", "`crit`. It knows neither PSS nor shared secrets"],
  ["hono/jwk, hono/jwt", "hono", "WebCrypto", "nothing of it. hono/jwk imports the key anew for every token"],
  [
    "@tsndr/cloudflare-worker-jwt",
    "@tsndr/cloudflare-worker-jwt",
    "WebCrypto",
    "issuer and audience. It is given the imported key",
  ],
  ["jsonwebtoken", "jsonwebtoken", "node:crypto", "`crit`, and which key of a set: it is given the one. No EdDSA"],
  [
    "jsonwebtoken (Rust)",
    "jsonwebtoken (Rust)",
    "RustCrypto or AWS-LC",
    "`crit`, and which key of a set: it is given the one",
  ],
];
