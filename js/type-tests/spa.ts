// Of sign-in on pages: `user` tells who may ask for tokens, and a schema gives it a type.

import { createBrowserAuth, type BrowserAuth, type StandardSchema } from "countersign/spa";
import { createTestBrowserAuth } from "countersign/testing";

const options = { issuer: "https://tenant.example/", clientId: "page" };

interface Person {
  readonly sub: string;
  readonly roles: readonly string[];
}
declare const schema: StandardSchema<Person>;

export async function page(): Promise<unknown> {
  const auth = await createBrowserAuth({ ...options, resources: ["https://api.example"], storage: "local" });
  if (auth.user === undefined) {
    // @ts-expect-error Nobody is signed in.
    await auth.accessToken();
    const { error } = auth.getSnapshot();
    if (error) console.log(error.code);
    return auth.login({ returnTo: "/", params: { prompt: "login" } });
  }
  const subject: string = auth.user.sub;
  const token: string = await auth.accessToken();
  const named: string = await auth.accessToken({ resource: "https://api.example" });
  await auth.fetch("https://files.example/x", { method: "PUT", resource: "https://api.example" });
  // @ts-expect-error It is called `resource`.
  await auth.accessToken({ audience: "https://api.example" });
  const response: Response = await auth.fetch("/notes", { method: "POST" });
  const stop: () => void = auth.subscribe(() => undefined);
  stop();
  // @ts-expect-error It is what it is.
  auth.user = undefined;
  // @ts-expect-error There is no such storage.
  void createBrowserAuth({ ...options, storage: "cookie" });
  return [subject, token, named, response, await auth.logout()];
}

export async function typed(): Promise<readonly string[]> {
  const auth: BrowserAuth<Person> = await createBrowserAuth({ ...options, user: schema });
  // @ts-expect-error Perhaps nobody is.
  const { roles } = auth.user;
  return auth.user ? auth.user.roles : roles;
}

export async function tests(): Promise<unknown> {
  const somebody = createTestBrowserAuth({ user: { sub: "alice", roles: ["admin"] } });
  const roles: readonly string[] = somebody.user.roles;
  somebody.test.end();
  const page: BrowserAuth<Person> = somebody;
  const nobody = createTestBrowserAuth();
  createTestBrowserAuth({ accessToken: ({ resource = "none", url }) => `${resource} ${url ?? ""}` });
  createTestBrowserAuth({ resources: ["urn:example:files"], allowedOrigins: ["https://files.example"] });
  // @ts-expect-error Nobody is signed in.
  await nobody.accessToken();
  return [roles, page, nobody.test.logins, await somebody.accessToken()];
}
