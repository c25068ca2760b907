// Of the test issuer: it fits where a fetch is wanted, and knows its options.

import { createVerifier } from "countersign";
import { createGuard } from "countersign/guard";
import { createTestIssuer, type TestIssuer } from "countersign/testing";

export async function tokens(): Promise<readonly string[]> {
  const issuer: TestIssuer = await createTestIssuer({ algorithm: "EdDSA", audience: "api", now: () => 0 });
  const { fetch, audience } = issuer;
  createVerifier({ issuer: issuer.issuer, audience, fetch });
  createGuard({ issuer: issuer.issuer, resource: "https://api.example", fetch });
  const kid: string = await issuer.rotate();
  issuer.withdraw(kid);
  issuer.fail(503);
  issuer.fail("network");
  issuer.fail(undefined);
  // @ts-expect-error It is a status, or "network".
  issuer.fail("503");
  // @ts-expect-error Nothing signs with it.
  await createTestIssuer({ algorithm: "HS256" });
  // @ts-expect-error It is what it is.
  issuer.fetches = 0;
  return [await issuer.mint(), await issuer.mint({ sub: "alice", exp: undefined }, { kid, expiresIn: -60 })];
}
