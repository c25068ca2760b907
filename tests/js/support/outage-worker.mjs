// What workerd-outages.test.mjs runs in workerd: verifiers whose clock and network the test sets with each call.

import { CountersignError, createVerifier } from "countersign";

const subjects = new Map();

const described = (error) =>
  error instanceof CountersignError
    ? { code: error.code, status: error.status }
    : { code: `a bug: ${error?.stack ?? error}`, status: 0 };

function make(options) {
  const subject = { events: [], network: {}, seconds: 0 };
  subject.verifier = createVerifier({
    ...options,
    now: () => subject.seconds * 1000,
    onKeySetEvent: ({ type, added, removed }) => void subject.events.push({ type, added, removed }),
    async fetch(url, init) {
      const { blocked, down } = subject.network;
      if (blocked === new URL(url).pathname) throw new Error("blocked");
      return fetch(down ?? url, init);
    },
  });
  return subject;
}

const calls = {
  async verify({ verifier }, jwts) {
    return Promise.all(
      jwts.map((jwt) =>
        verifier.verify(jwt).then(
          () => ({ code: "ok" }),
          (error) => described(error),
        ),
      ),
    );
  },
  async verifyAt(subject, tokens) {
    const codes = [];
    for (const [seconds, jwt] of tokens) {
      subject.seconds = seconds;
      const [{ code }] = await calls.verify(subject, [jwt]);
      codes.push(code);
    }
    return codes;
  },
  ready: async ({ verifier }) => verifier.ready(),
  loadKeys: async ({ verifier }) => (await verifier.loadKeys()).keys.length,
  events: async ({ events }) => events,
};

export default {
  async fetch(request) {
    const { id, options, seconds, network, call, jwts } = await request.json();
    if (!subjects.has(id)) subjects.set(id, make(options));
    const subject = subjects.get(id);
    Object.assign(subject, { seconds, network });
    return Response.json((await calls[call](subject, jwts)) ?? null);
  },
};
