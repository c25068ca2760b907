import { createPublicKey } from "node:crypto";
import { createVerifier } from "fast-jwt";

export const sync = true;

/** It takes keys as PEM. */
export const make = ({ issuer, audience, jwk, algorithm }) =>
  createVerifier({
    key: createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }),
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["iss", "aud", "exp"],
  });
