// The section on sessions.

import { short, table } from "./tables.mjs";

const OURS = "countersign";
const rows = {
  opened: [
    [OURS, "**countersign**, `auth.session(request)`"],
    ["iron-session", "iron-session, `getIronSession`"],
    ["iron-session, unsealData", "iron-session, `unsealData` alone"],
    ["Auth.js", "Auth.js, `decode` of `@auth/core/jwt`"],
  ],
  changed: [
    [OURS, "**countersign**, `mount` and `session.update`"],
    ["iron-session", "iron-session, `getIronSession` and `save`"],
    ["Auth.js", "Auth.js, `decode` and `encode`"],
  ],
};

export function sessionCosts(sessions, versions) {
  if (!sessions) return "";
  const { program, date, extent, size, times, signIns, refreshes } = sessions;
  return `## A session in a cookie

${program}, iron-session ${versions["iron-session"]}, @auth/core ${versions["@auth/core"]}, ${date}${extent === "quick" ? ", a quick run on a busy machine: the ratios say something, the times little" : ""}. The
same user (four claims) and the same small data, sealed by each in its own way; microseconds of one, medians, and how many times
ours.

${costs("opened", "opened", times.opened)}

${costs("changed", "opened, changed and sealed again", times.changed)}

Ours reads the request's cookies, opens the seal, and checks when the session ends and whether a sign-out came after it;
the second also makes the response with its cookie. \`unsealData\`, \`decode\` and \`encode\` are handed the text alone. Ciphers
differ: AES-256-GCM here, AES-256-CBC with HMAC-SHA-256 in iron-session, A256CBC-HS512 in Auth.js. The cookies have
${Object.entries(size)
  .map(([name, characters]) => `${characters} (${name})`)
  .join(", ")} characters.

With oidc-provider on the same machine, which takes most of the time, ${rate(signIns)} users a second sign in (two requests to
\`mount\`, one to the authorization endpoint, one to the token endpoint, an ES256 signature checked, the session written to
a store), and ${rate(refreshes)} sessions a second are refreshed (under a lock, with rotation). The application's process uses
${milliseconds(signIns)} ms of the processor for a sign-in, with what stands in for the browser, and ${milliseconds(refreshes)} ms for a refresh.
`;
}

function costs(kind, title, times) {
  const ours = times[OURS];
  const cells = ([name, words]) => {
    const { wall, cpu } = times[name];
    const ratio = (clock, measured) => (name === OURS ? "" : `×${short(measured.median / ours[clock].median)}`);
    return [words, short(wall.median), ratio("wall", wall), short(cpu.median), ratio("cpu", cpu)];
  };
  return table([title, "µs", "of ours", "processor, µs", "of ours"], rows[kind].map(cells));
}

const rate = (measured) => String(Math.round(measured.rate.median));
const milliseconds = ({ cpu }) => short(cpu.median / 1000);
