// Random texts for the parsers: JSON, URLs and forms by their grammars, all of Unicode in every spelling, and changes of
// those texts.

/** Any character: each plane as likely as another, and edges often. */
function character(draw) {
  const kind = draw.below(8);
  let point;
  if (kind < 3) point = 0x20 + draw.below(0x5f);
  else if (kind === 3) point = draw.below(0x100);
  else if (kind === 4) point = draw.pick([0, 0x1f, 0x7f, 0x80, 0x7ff, 0x800, 0x2028, 0xd7ff, 0xe000, 0xfeff, 0xffff]);
  else if (kind === 5) point = (draw.below(17) << 16) | draw.pick([0, 1, 0x3ff, 0x400, 0xfbff, 0xfc00, 0xfffe, 0xffff]);
  else point = (draw.below(17) << 16) | draw.below(0x10000);
  return String.fromCodePoint(point >= 0xd800 && point < 0xe000 ? 0x2d800 : point);
}

export function characters(draw, most) {
  return Array.from({ length: draw.below(most + 1) }, () => character(draw)).join("");
}

/** Replaces, repeats, cuts, or puts a piece in. */
export function mutate(draw, text, pieces) {
  const at = draw.below(text.length + 1);
  const end = at + draw.below(8);
  const rest = text.slice(end);
  switch (draw.below(6)) {
    case 0:
      return text.slice(0, at) + character(draw) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + rest;
    case 2:
      return text.slice(0, end) + text.slice(at);
    default:
      return text.slice(0, at) + draw.pick(pieces) + (draw.chance(0.5) ? rest : text.slice(at));
  }
}

const shortEscapes = new Map([...'"\\/\b\f\n\r\t'].map((letter, index) => [letter, `\\${'"\\/bfnrt'[index]}`]));

function escape(draw, text) {
  return Array.from({ length: text.length }, (_, index) => {
    const digits = text.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${[...digits].map((digit) => (draw.chance(0.5) ? digit.toUpperCase() : digit)).join("")}`;
  }).join("");
}

/** A JSON string, each character of it in one of its spellings. */
export function spell(draw, text) {
  const spelled = [...text].map((letter) => {
    const short = shortEscapes.get(letter);
    if (short !== undefined && draw.chance(0.5)) return short;
    const raw = short === undefined || letter === "/" ? letter >= " " : false;
    return raw && draw.chance(0.6) ? letter : escape(draw, letter);
  });
  // What no string has, now and then.
  if (draw.chance(0.01))
    spelled.push(draw.pick(["\\ud800", "\\udfff", "\\udc00\\ud800", "\\x", "\\u12", "\n", "\\", "\\ud800\\u0041"]));
  return `"${spelled.join("")}"`;
}

const space = (draw) => (draw.chance(0.1) ? draw.pick([" ", "\t", "\n", "\r", "  "]) : "");

const digits = (draw, most) =>
  String(1 + draw.below(9)) + Array.from({ length: draw.below(most) }, () => draw.below(10)).join("");

function number(draw) {
  const sign = draw.chance(0.3) ? "-" : "";
  switch (draw.below(6)) {
    case 0: {
      const near = String(2 ** 53 - 4 + draw.below(8) * 1);
      const near_ = draw.pick([
        near,
        `${near}.0`,
        `${near}.4`,
        `${near}.5`,
        `${near}0e-1`,
        `${near[0]}.${near.slice(1)}e15`,
      ]);
      return sign + draw.pick([near_, `${near}e1`, near.slice(0, 9)]);
    }
    case 1:
      return (
        sign +
        draw.pick([
          "0",
          "0.0",
          "1e400",
          "1e-400",
          "5e-324",
          "1e16",
          "1.5e300",
          "00",
          "01",
          "1.",
          ".5",
          "1e",
          "+1",
          "0x1",
          "NaN",
        ])
      );
    case 2:
      return sign + digits(draw, 25);
    default:
      return (
        sign +
        digits(draw, 5) +
        (draw.chance(0.4) ? `.${digits(draw, 20)}` : "") +
        (draw.chance(0.3) ? draw.pick(["e", "E+", "e-"]) + digits(draw, 2) : "")
      );
  }
}

export function json(draw, depth) {
  const list = (open, close, item) => {
    const items = Array.from({ length: draw.below(4) }, () => space(draw) + item() + space(draw));
    return `${open}${space(draw)}${items.join(",")}${close}`;
  };
  switch (draw.below(depth === 0 ? 4 : 8)) {
    case 0:
      return draw.pick(["null", "true", "false"]);
    case 1:
      return number(draw);
    case 2:
    case 3:
      return spell(draw, characters(draw, 6));
    case 4:
      return list("[", "]", () => json(draw, depth - 1));
    case 5: {
      const levels = draw.below(depth);
      const value = json(draw, depth - levels - 1);
      return "[".repeat(levels) + value + "]".repeat(levels);
    }
    default:
      return object(draw, depth, () => json(draw, depth - 1));
  }
}

/** An object whose names are few, so that some are twice in it. */
export function object(draw, depth, value, extra = []) {
  const shared = `a${character(draw)}`;
  const names = () =>
    draw.pick([shared, "x", "__proto__", characters(draw, 4), characters(draw, 4), characters(draw, 4)]);
  const members = Array.from(
    { length: draw.below(4) },
    () => `${space(draw)}${spell(draw, names())}${space(draw)}:${space(draw)}${value()}`,
  );
  members.splice(draw.below(members.length + 1), 0, ...extra);
  return `{${members.join(`${space(draw)},`)}${space(draw)}}`;
}

export const jsonPieces = ['"', "\\", "\\u", "\\ud83d", "\\ude00", "\\ud840\\udc00", "{", "}", "[", "]", ",", ":", "[[[[", "null", "-", "0", ".", "e", "\ufeff", " ", '{"a":1,"\\u0061":2}', "1e400"]; // prettier-ignore

/** A query: names and values in every spelling of their characters, and what is no spelling. */
export function form(draw) {
  const component = () =>
    [...characters(draw, 5)]
      .map((letter) =>
        draw.chance(0.3)
          ? letter.replace("#", "%23")
          : [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
      )
      .join("") + (draw.chance(0.03) ? draw.pick(formPieces) : "");
  const pairs = Array.from({ length: draw.below(4) }, () => component() + (draw.chance(0.8) ? `=${component()}` : ""));
  pairs.splice(draw.below(pairs.length + 1), 0, `${draw.pick(["code", "code", "c%6fde", "%63ode"])}=${component()}`);
  return pairs.join("&");
}

export const formPieces = ["&", "=", "+", "%", "%20", "%2B", "%26", "%00", "%ff", "%C3%A4", "%c3", "%ED%A0%80", "%g0", "%%", ";", "?", " ", "\u{20bb7}"]; // prettier-ignore

export function url(draw) {
  const scheme = draw.pick(["https://", "https://", "https://", "http://", "http://", "https:/", "https:", "HTTPS://", " https://", "ftp://"]); // prettier-ignore
  const user = draw.chance(0.03) ? draw.pick(["user@", "a:b@", "@"]) : "";
  const port = draw.chance(0.4) ? draw.pick([":443", ":80", ":8443", ":0", ":65536", ":", ":0443", ":+1", ":00"]) : "";
  const component = () =>
    Array.from({ length: draw.below(4) }, () => draw.pick(["a", "B", "1", ".", "..", "%2e", "%2E.", "=", "&", "'", "|", "%zz", character(draw)])).join(""); // prettier-ignore
  const path = Array.from({ length: draw.below(4) }, () => `/${component()}`).join("");
  return (
    scheme +
    user +
    host(draw) +
    port +
    path +
    (draw.chance(0.3) ? `?${component()}` : "") +
    (draw.chance(0.03) ? "#f" : "")
  );
}

function host(draw) {
  const labels = (of, most) => Array.from({ length: 1 + draw.below(most) }, of).join(".");
  switch (draw.below(7)) {
    case 0:
    case 1:
      return labels(
        () => draw.pick(["a", "Id", "example", "localhost", "0", "x1", "a-b", "_x", "127", "0x1", "xn--4ca", ""]),
        4,
      );
    case 2:
      return draw.pick([
        "localhost",
        "LOCALHOST",
        "a.localhost",
        ".localhost",
        "localhost.",
        "xlocalhost",
        "127.0.0.1",
      ]);
    case 3: {
      const value = () => draw.pick([0, 1, 127, 255, 256, 65_536, 2_130_706_433, draw.below(300)]);
      const base = () => draw.pick([(n) => n, (n) => n, (n) => `0x${n.toString(16)}`, (n) => `0${n.toString(8)}`, (n) => `0X${n.toString(16)}`]); // prettier-ignore
      return labels(() => base()(value()), 5) + (draw.chance(0.1) ? "." : "");
    }
    case 4:
      return draw.pick(["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[2001:DB8::1]", "[::ffff:127.0.0.1]", "[1::2::3]", "[::1", "::1", "[::01.2.3.4]", "[]"]); // prettier-ignore
    case 5:
      return characters(draw, 5);
    default:
      return Array.from({ length: 1 + draw.below(5) }, () => String.fromCharCode(0x21 + draw.below(0x5e))).join("");
  }
}

export const urlPieces = ["https://", "http://", "//", "/", "?", "#", "@", ":", ":443", ".", "/../", "%2e", "\\", "localhost", "0x7f.1", "[::1]", "xn--", "1", "'", "|", "\t", "\n", " ", "\u{e4}"]; // prettier-ignore
