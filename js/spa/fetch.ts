/** `fetch` with an access token, for these origins alone. A redirect is not followed, so that no other one sees it. */
export async function fetchWith(
  fetch: typeof globalThis.fetch,
  origins: ReadonlySet<string>,
  input: string | URL | Request,
  init: RequestInit | undefined,
  accessToken: () => Promise<string>,
): Promise<Response> {
  const request = new Request(input, init);
  const { origin } = new URL(request.url);
  if (!origins.has(origin)) {
    throw new TypeError(
      `fetch: no token goes to ${origin}: name it in the option "allowedOrigins", or use the global fetch`,
    );
  }
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${await accessToken()}`);
  return fetch(new Request(request, { headers, redirect: "error" }));
}

/** The origins of those that are addresses: names of APIs need not be. */
export const originsOf = (resources: readonly string[]): Set<string> =>
  new Set(
    resources.flatMap((resource) => {
      try {
        const { origin } = new URL(resource);
        return origin === "null" ? [] : [origin];
      } catch {
        return [];
      }
    }),
  );
