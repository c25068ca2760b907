// Visits what a block exports, as its users would. `send(path, headers)` is one GET, and answers { status, headers, text }.

/** An API that wants `jwt`: with the token, without, and with another in its place. */
export async function visitApi(send, jwt) {
  const altered = `${jwt.slice(0, -40)}${jwt.at(-40) === "A" ? "B" : "A"}${jwt.slice(-39)}`;
  const cases = [
    ["the token", { authorization: `Bearer ${jwt}` }, 200],
    ["no token", {}, 401],
    ["an altered token", { authorization: `Bearer ${altered}` }, 401],
  ];
  for (const [name, headers, expected] of cases) {
    const { status, text } = await send("/", headers);
    if (status !== expected) throw new Error(`${name}: HTTP ${status} (${text}) instead of ${expected}`);
    if (expected === 200 && !text.includes("alice")) throw new Error(`${name}: the answer is ${text}`);
  }
}

/** A server of the Model Context Protocol that wants `jwt`, and has a tool that says whose that is. */
export async function visitMcp(send, jwt) {
  const whoami = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "whoami", arguments: {} } };
  const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const init = { method: "POST", body: JSON.stringify(whoami) };
  const known = await send("/", { ...json, authorization: `Bearer ${jwt}` }, init);
  if (known.status !== 200 || !known.text.includes("alice")) {
    throw new Error(`the token: HTTP ${known.status} (${known.text})`);
  }
  const unknown = await send("/", json, init);
  if (unknown.status !== 401) throw new Error(`no token: HTTP ${unknown.status} (${unknown.text})`);
  const metadata = await send("/.well-known/oauth-protected-resource", {});
  if (JSON.parse(metadata.text).resource !== "https://api.example") throw new Error(`metadata: ${metadata.text}`);
}

/** A site with /login and /callback: a browser that signs in, and one that comes back with nothing. */
export async function visitSite(send, issuer) {
  const login = await send("/login", {});
  if (login.status !== 303) throw new Error(`/login: HTTP ${login.status} (${login.text})`);
  const consent = await issuer.answer(login.headers.get("location"));
  const { pathname, search } = new URL(consent.headers.get("location"));
  const cookie = login.headers.get("set-cookie").split(";")[0];

  const strange = await send(`${pathname}${search.replace("state=", "state=x")}`, { cookie });
  if (strange.status !== 400) throw new Error(`another state: HTTP ${strange.status} (${strange.text})`);
  const without = await send(`${pathname}${search}`, {});
  if (without.status !== 400) throw new Error(`no cookie: HTTP ${without.status} (${without.text})`);
  const done = await send(`${pathname}${search}`, { cookie });
  if (done.status !== 200 || !done.text.includes("alice")) {
    throw new Error(`/callback: HTTP ${done.status} (${done.text})`);
  }
}

/** A site of `createWebAuth`: a browser that signs in, one that comes back with nothing, and a script. */
export async function visitWeb(send, issuer) {
  const page = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const script = await send("/notes", { "sec-fetch-mode": "cors" });
  if (script.status !== 401) throw new Error(`a script: HTTP ${script.status} (${script.text})`);
  const begun = await send("/notes", page);
  if (begun.status !== 303) throw new Error(`/notes: HTTP ${begun.status} (${begun.text})`);
  const consent = await issuer.answer(begun.headers.get("location"));
  const { pathname, search } = new URL(consent.headers.get("location"));
  const cookies = (response) => response.headers.getSetCookie().map((line) => line.split(";")[0]);
  const done = await send(`${pathname}${search}`, { ...page, cookie: cookies(begun).join("; ") });
  if (done.status !== 303 || done.headers.get("location") !== "/notes") {
    throw new Error(`the callback: HTTP ${done.status} (${done.text})`);
  }
  const cookie = cookies(done).find((pair) => pair.startsWith("__Host-session="));
  const known = await send("/notes", { ...page, cookie });
  if (!known.text.includes("alice")) throw new Error(`signed in: HTTP ${known.status} (${known.text})`);
  const lost = await send(`${pathname}${search}`, page);
  if (lost.status !== 303) throw new Error(`no cookie: HTTP ${lost.status} (${lost.text})`);
}

/** Two functions, one for the way out and one for the way back. */
export async function visitFunctions({ startSignIn, finishSignIn }, issuer) {
  const { url, transaction } = await startSignIn();
  const consent = await issuer.answer(url);
  for (const response of await responsesOf(consent)) {
    const { user } = await finishSignIn(response, JSON.parse(JSON.stringify(transaction)), "secret");
    if (user !== "https://tenant.example/ alice") throw new Error(`the user is ${user}`);
  }
}

/** Where the browser is sent, or the form that it posts there: its fields, and the same as the text of a body. */
async function responsesOf(consent) {
  const location = consent.headers.get("location");
  if (location) return [location];
  const form = new FormData();
  for (const [, name, value] of (await consent.text()).matchAll(/name="([^"]*)" value="([^"]*)"/g))
    form.append(name, value);
  return [form, new URLSearchParams([...form]).toString()];
}
