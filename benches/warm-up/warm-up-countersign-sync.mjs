import { createVerifier } from "countersign";

export const sync = true;

export const make = ({ issuer, audience, jwks }) => createVerifier({ issuer, audience, jwks }).verifySync;
