// The program that every set-up runs: one line, `OK …` with the name of the host that was chosen, or `FAIL …`.

import * as whole from "countersign";
import * as client from "countersign/client";
import * as slim from "countersign/slim";

const jwt =
  "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsImF1ZCI6Imh0dHBzOi8vYXBpLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0.9DZKRM5sk0A09HEy8OK2dUSTMqEgqQq7uLSQgDU1QcWfjz1o6sf3ZnJH92HS72cL8bNgsgXcG23Og_DvI9LhCg";
const options = {
  issuer: "https://tenant.example/",
  audience: "https://api.example",
  jwks: { kty: "OKP", crv: "Ed25519", kid: "a", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
};
const tampered = jwt.replace("9DZK", "9DZL");

/** The host that the package was made for: only an error tells. The core can still be loaded after it. */
async function chosenHost({ init }) {
  try {
    await init(new Uint8Array(1));
    return "none";
  } catch (error) {
    return /host "([a-z-]+)"/.exec(error.message)?.[1] ?? `none (${error.message})`;
  }
}

async function refusal(verifier) {
  try {
    await verifier.verify(tampered);
    return undefined;
  } catch (error) {
    return error;
  }
}

let once;

/** Runs the program, whose answer is the same every time. */
export const check = () => (once ??= run());

async function run() {
  try {
    const words = [await chosenHost(whole)];
    const verifier = whole.createVerifier(options);
    const { claims } = await verifier.verify(jwt);
    await whole.init();
    words.push(claims.sub, verifier.verifySync(jwt).claims.sub);
    // Without the host's cryptography.
    const inWasm = whole.createVerifier({ ...options, engine: "wasm" });
    words.push(inWasm.verifySync(jwt).claims.sub);
    // Another core.
    await client.init();
    const clientVerifier = client.createVerifier(options);
    words.push(
      "client",
      `pkce:${client.createPkcePair().codeVerifier.length}`,
      clientVerifier.verifySync(jwt).claims.sub,
    );
    const slimVerifier = slim.createVerifier(options);
    words.push("slim", (await slimVerifier.verify(jwt)).claims.sub);
    const errors = [await refusal(verifier), await refusal(clientVerifier), await refusal(slimVerifier)];
    for (const error of errors) {
      words.push(error.code);
      const isOne = [whole, client, slim].every(({ CountersignError }) => error instanceof CountersignError);
      if (!isOne) words.push("stranger");
    }
    return `OK ${words.join(" ")}`;
  } catch (error) {
    const { name, code, message, cause } = error;
    return `FAIL ${name} ${code} ${message} | ${cause?.message ?? cause}`;
  }
}
