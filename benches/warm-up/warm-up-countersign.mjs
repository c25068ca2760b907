import { createVerifier } from "countersign";

export const sync = false;

export const make = ({ issuer, audience, jwks }) => createVerifier({ issuer, audience, jwks }).verify;
