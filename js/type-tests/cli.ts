// Of `countersign/node-cli`: clients as they are made, and what stands in for them.

import { createClient, type Tokens } from "countersign/client";
import {
  CliAuthError,
  createCliAuth,
  type CliAuthErrorCode,
  type CliClient,
  type LoginParams,
} from "countersign/node-cli";

const client = createClient({ issuer: "https://tenant.example/", clientId: "my-cli" });
const auth = createCliAuth({ client, file: "tokens.json", minValidity: 30 });

export async function use(): Promise<string> {
  const params: LoginParams = {
    scope: "openid offline_access",
    params: { audience: "https://api.example" },
    host: "localhost",
    signal: new AbortController().signal,
    onAuthorize: ({ url, isOpened }) => console.log(url, isOpened),
    onPrompt: ({ userCode, verificationUri }) => console.log(userCode, verificationUri),
  };
  const tokens: Tokens = await auth.login(params);
  const again: Tokens | undefined = await auth.tokens();
  try {
    return await auth.accessToken(tokens.accessToken === undefined ? {} : { stale: tokens.accessToken });
  } catch (error) {
    const code: CliAuthErrorCode | undefined = error instanceof CliAuthError ? error.code : undefined;
    console.log(code, again);
    await auth.logout();
    throw error;
  }
}

export async function several(): Promise<readonly (string | undefined)[]> {
  const resources = ["https://api.example", "urn:example:files"];
  const auth = createCliAuth({ client, file: "tokens.json", resources });
  const token = await auth.accessToken({ resource: "urn:example:files", stale: "token" });
  // @ts-expect-error One at a time.
  await auth.accessToken({ resource: resources });
  return [token, (await auth.tokens({ resource: "urn:example:files" }))?.accessToken];
}

const fake: CliClient = {
  authorize: () => Promise.reject(new Error("no browser")),
  callback: () => Promise.reject(new Error("no browser")),
  refresh: () => Promise.resolve({ issuer: "https://tenant.example/", accessToken: "token" }),
};
createCliAuth({ client: fake, file: "tokens.json" });

// @ts-expect-error The tokens have to be somewhere.
createCliAuth({ client });
// @ts-expect-error A client without refresh.
createCliAuth({ client: { authorize: fake.authorize, callback: fake.callback }, file: "tokens.json" });
// @ts-expect-error Nothing but loopback.
void auth.login({ host: "0.0.0.0" });
