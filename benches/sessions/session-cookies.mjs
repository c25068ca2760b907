// Sessions in sealed cookies, opened, and opened, changed and sealed again:  a program that is given the file of its job and
// prints `{ size, times }`.

import { readFileSync } from "node:fs";

import { decode, encode } from "@auth/core/jwt";
import { getIronSession, sealData, unsealData } from "iron-session";

import { createWebAuth } from "countersign/web";
import { compare, wall } from "./runner.mjs";

const { effort } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const origin = "https://app.example";
const secret = "of the benchmark, 32 bytes or more";
const user = {
  sub: "auth0|6568f0c2a1b2c3d4e5f60718",
  name: "Alice Example",
  email: "alice@mail.example",
  picture: "https://cdn.example/avatars/6568f0c2a1b2c3d4e5f60718.png",
};
const data = { theme: "dark", locale: "de-CH", items: [4711, 4712, 4713] };

/** With the cookie that a browser has. */
const request = (cookie) => new Request(`${origin}/`, { headers: { accept: "text/html", cookie } });
const cpu = () => {
  const { user: own, system } = process.cpuUsage();
  return (own + system) / 1000;
};

async function countersign() {
  const client = {
    authorize: ({ redirectUri }) => ({ url: "https://id.example/?state=s", transaction: { state: "s", redirectUri } }),
    callback: () => ({
      issuer: "https://id.example",
      tokenType: "Bearer",
      claims: { iss: "https://id.example", ...user },
    }),
    refresh: () => Promise.reject(new Error("there is no refresh token")),
    logoutUrl: () => origin,
  };
  const auth = createWebAuth({ origin, client, secrets: [secret] });
  const change = auth.mount(async (_, session) => {
    if (session === undefined) return new Response(null, { status: 401 });
    await session.update({ ...session.data, ...data });
    return new Response();
  });
  const pairs = (response) => response.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  const [transaction] = pairs(await auth.signIn(request("")));
  const callback = await auth.mount(() => new Response())(
    new Request(`${origin}/auth/callback?code=c&state=s`, { headers: { cookie: transaction, accept: "text/html" } }),
  );
  const begun = pairs(callback).find((pair) => pair.startsWith("__Host-session="));
  const [cookie] = pairs(await change(request(begun)));
  // Of a request that `mount` has seen `session` knows the session.
  const [unseen, mounted] = [request(cookie), request(cookie)];
  return {
    name: "countersign",
    size: cookie.length,
    open: async (from = unseen) => (await auth.session(from))?.subject,
    change: async () => pairs(await change(mounted)).length,
    altered: request(altered(cookie)),
  };
}

async function ironSession() {
  const options = { password: secret, cookieName: "session" };
  const seal = await sealData({ ...user, data }, options);
  const cookie = `session=${seal}`;
  const whole = request(cookie);
  return {
    name: "iron-session",
    size: cookie.length,
    open: async (from = whole) => (await getIronSession(from, new Response(), options)).sub,
    unseal: async () => (await unsealData(seal, options)).sub,
    change: async () => {
      const response = new Response();
      const session = await getIronSession(whole, response, options);
      Object.assign(session.data, data);
      await session.save();
      return response.headers.getSetCookie().length;
    },
    altered: request(altered(cookie)),
  };
}

async function authJs() {
  const options = { secret, salt: "authjs.session-token" };
  const token = await encode({ ...options, token: { ...user, data } });
  return {
    name: "Auth.js",
    size: `${options.salt}=${token}`.length,
    open: async (from = token) => (await decode({ ...options, token: from }))?.sub,
    change: async () => {
      const session = await decode({ ...options, token });
      Object.assign(session.data, data);
      return (await encode({ ...options, token: session })).length;
    },
    altered: altered(token),
  };
}

/** Another letter in the middle. */
function altered(text) {
  const at = Math.floor(text.length * 0.7);
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

const contenders = [await countersign(), await ironSession(), await authJs()];
for (const { name, open, change, altered: bad } of contenders) {
  if ((await open()) !== user.sub || !(await change())) throw new Error(`${name} does not open its own session`);
  if ((await open(bad).catch(() => undefined)) !== undefined) throw new Error(`${name} opens what was altered`);
}

const repeated = (name, once) => ({
  name,
  run: async (times) => {
    for (let time = 0; time < times; time += 1) await once();
  },
});
const clocks = { wall, cpu };
const opened = contenders.map(({ name, open }) => repeated(name, () => open()));
opened.push(repeated("iron-session, unsealData", contenders[1].unseal));
const changed = contenders.map(({ name, change }) => repeated(name, change));
const times = { opened: await compare(opened, effort, clocks), changed: await compare(changed, effort, clocks) };
const size = Object.fromEntries(contenders.map((one) => [one.name, one.size]));
console.log(JSON.stringify({ size, times }));
process.exit();
