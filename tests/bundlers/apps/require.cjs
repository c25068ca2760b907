// By `require`, and once more by `import`: whether both give the same class, and errors that are its instances.

const { createVerifier, CountersignError } = require("countersign");
const slim = require("countersign/slim");

const jwk = { kty: "OKP", crv: "Ed25519", kid: "a", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example", jwks: jwk });
const jwt =
  "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsImF1ZCI6Imh0dHBzOi8vYXBpLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0.9DZKRM5sk0A09HEy8OK2dUSTMqEgqQq7uLSQgDU1QcWfjz1o6sf3ZnJH92HS72cL8bNgsgXcG23Og_DvI9LhCg";

async function run() {
  const modules = await import("countersign");
  const { claims } = await verifier.verify(jwt);
  const error = await verifier.verify("x").catch((thrown) => thrown);
  const same = CountersignError === modules.CountersignError ? "same" : "twin";
  const instance = error instanceof modules.CountersignError && error instanceof slim.CountersignError;
  return `OK ${claims.sub} ${same} ${instance ? "instance" : "stranger"}`;
}

run().then(
  (line) => console.log(line),
  (error) => console.log(`FAIL ${error.stack}`),
);
