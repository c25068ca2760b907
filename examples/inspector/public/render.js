// What came out, as elements. Texts of the token, of errors and of the reference are only ever text.

const SIGNS = { passed: "✓", failed: "✕", "not reached": "·" };

/** An element with children, which are elements or text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== ""));
  return made;
}

export function render(target, outcome) {
  const { mistake, options, checks = [], keys = [], requests = [], times = {}, token = "" } = outcome;
  const parts = [verdict(outcome)];
  if (mistake === undefined) {
    const contents = contentsOf(token);
    parts.push(checkList(outcome, contents));
    parts.push(...section("Keys", keyTable(keys, contents[0]?.value?.kid)));
    const isSigned = checks.some(({ id, state }) => id === "signature" && state === "passed");
    parts.push(...section("What the token says", contentsList(contents, isSigned)));
    parts.push(...section("Time", timeList(times)));
    const asked = requests.length === 0 ? "Nothing: the keys were pasted." : requestList(requests);
    parts.push(
      ...section(
        "What was asked of the network",
        options.jwks === undefined ? asked : "Nothing: the keys were pasted.",
      ),
    );
  }
  target.replaceChildren(...parts);
}

const section = (title, content) =>
  content === undefined ? [] : [element("section", {}, element("h2", {}, title), content)];

function verdict({ mistake, error }) {
  if (mistake !== undefined) {
    return element("div", { class: "verdict mistake" }, element("strong", {}, "Not judged"), element("p", {}, mistake));
  }
  if (error === undefined) {
    return element(
      "div",
      { class: "verdict accepted" },
      element("strong", {}, "Accepted"),
      element("p", {}, "Every check has passed."),
    );
  }
  const isJudged = error.status === 401;
  return element(
    "div",
    { class: `verdict ${isJudged ? "refused" : "mistake"}` },
    element("strong", {}, isJudged ? "Refused" : "Not judged"),
    element("p", {}, element("code", { class: "code" }, error.code), " ", prose(error.message)),
  );
}

function checkList({ error, checks, remedy }, contents) {
  const rows = checks.map(({ id, name, what, state }) =>
    element(
      "li",
      { class: state.replace(" ", "-"), "data-check": id },
      element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[state]),
      element(
        "div",
        {},
        element("h3", {}, name, element("span", { class: "state" }, state)),
        element("p", { class: "what" }, what, state === "passed" ? factOf(id, contents) : ""),
        state === "failed" ? explanation(error, remedy) : undefined,
      ),
    ),
  );
  const list = element("ol", { class: "checks", "aria-label": "Checks in their order" }, rows);
  // What no check knows, such as a core that cannot be loaded.
  return error !== undefined && !checks.some(({ state }) => state === "failed")
    ? element("div", {}, explanation(error, remedy), list)
    : list;
}

function explanation({ code, claim, expected, actual }, entry) {
  const facts = Object.entries({ claim, expected, actual }).filter(([, value]) => value !== undefined);
  return element(
    "div",
    { class: "explanation" },
    facts.length === 0
      ? undefined
      : element(
          "dl",
          {},
          facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
        ),
    entry === undefined
      ? element("p", {}, code)
      : [
          element("p", {}, element("b", {}, "Cause"), " ", prose(entry.cause)),
          element("p", {}, element("b", {}, "Remedy"), " ", prose(entry.remedy)),
        ],
  );
}

/** The reference's Markdown: code, and links, whose text alone stays. */
function prose(markdown) {
  const plain = markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return plain.split("`").map((part, at) => (at % 2 === 1 ? element("code", {}, part) : part));
}

/** What was found, of a check that has passed. */
function factOf(id, [header, payload]) {
  const claims = payload?.value ?? {};
  const facts = {
    algorithm: header?.value?.alg,
    key: header?.value?.kid,
    kind: header?.value?.typ,
    issuer: claims.iss,
    audience: [claims.aud ?? []].flat().join(", "),
    times: typeof claims.exp === "number" ? `until ${dateOf(claims.exp)}` : undefined,
  };
  const fact = facts[id];
  return typeof fact === "string" && fact !== "" ? element("span", { class: "fact" }, fact) : undefined;
}

/** Header and payload as they are written, whether or not they are sound. */
function contentsOf(token) {
  return token
    .split(".")
    .slice(0, 2)
    .map((segment) => {
      try {
        const binary = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
        const text = new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
        const value = JSON.parse(text);
        return { text: JSON.stringify(value, undefined, 2), value };
      } catch {
        return { text: "not readable", value: undefined };
      }
    });
}

function contentsList(contents, isSigned) {
  const note = isSigned ? "Signed by the issuer." : "Anybody can have written this: no signature was verified.";
  const names = ["Header", "Claims"];
  return element(
    "div",
    {},
    element("p", { class: "note" }, note),
    contents.map(({ text, value }, at) => [
      element("h3", {}, names[at]),
      element("pre", { tabindex: "0", "aria-label": names[at] }, text),
      at === 1 ? timesOf(value) : undefined,
    ]),
  );
}

function timesOf(claims) {
  const dates = ["iat", "nbf", "exp", "auth_time"].filter((name) => typeof claims?.[name] === "number");
  if (dates.length === 0) return undefined;
  return element(
    "dl",
    {},
    dates.flatMap((name) => [element("dt", {}, name), element("dd", {}, dateOf(claims[name]))]),
  );
}

function dateOf(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const away = Math.round(seconds - Date.now() / 1000);
  const [unit, size] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ].find(([, one]) => Math.abs(away) >= one) ?? ["second", 1];
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(away / size), unit);
  return `${date.toISOString().replace(/\.000Z$/, "Z")} (${relative})`;
}

function keyTable(keys, kid) {
  if (keys.length === 0) return element("p", { class: "note" }, "There are none.");
  const rows = keys.map((key) => {
    const isMeant = kid !== undefined && key.kid === kid;
    return element(
      "li",
      isMeant ? { class: "meant" } : {},
      element("code", { class: "kid" }, key.kid ?? "no kid"),
      element("span", { class: "tag" }, key.algorithm ?? key.code),
      isMeant ? element("span", { class: "tag strong" }, "the token's") : undefined,
      key.reason === undefined
        ? element("code", { class: "thumbprint", title: "SHA-256 thumbprint (RFC 7638)" }, key.thumbprint)
        : element("span", { class: "reason" }, key.reason),
    );
  });
  return element("ul", { class: "keys" }, rows);
}

function requestList(requests) {
  return element(
    "ul",
    { class: "requests" },
    requests.map(({ url, status, milliseconds }) =>
      element(
        "li",
        {},
        element("code", {}, `GET ${url}`),
        element("span", { class: "tag" }, String(status)),
        milliseconds === undefined ? undefined : element("span", { class: "tag" }, `${milliseconds.toFixed(0)} ms`),
      ),
    ),
  );
}

function timeList({ keys, first, mean, runs }) {
  if (mean === undefined) return undefined;
  const cells = [
    [`${mean.toFixed(mean < 10 ? 1 : 0)} µs`, `one verification (mean of ${runs})`],
    [`${first.toFixed(1)} ms`, "the first one"],
    [`${keys.toFixed(1)} ms`, "getting the keys"],
  ];
  return element(
    "dl",
    { class: "times" },
    cells.map(([value, name]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}
