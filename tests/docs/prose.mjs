// What the text between the code blocks claims: links that lead somewhere, and names that exist.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

import { root } from "../support/package.mjs";
import { prose } from "./blocks.mjs";

/** Every Markdown file that people read. */
export function documents() {
  const inside = (folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => path.posix.join(folder, name));
  const examples = readdirSync(path.join(root, "examples")).map((name) => `examples/${name}/README.md`);
  const folders = readdirSync(path.join(root, "docs")).map((name) => path.posix.join("docs", name));
  return [...inside("."), ...folders.flatMap(inside), ...examples.filter((file) => existsSync(path.join(root, file)))];
}

/** Answers { check, problem } for each claim. */
export function proseProblems(file, text) {
  return [...links(file, text), ...names(file, text)];
}

function* links(file, text) {
  for (const [, link] of prose(text).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)) {
    if (link === undefined || /^https?:/.test(link)) continue;
    const [to, anchor] = link.split("#");
    const goal = to === "" ? file : path.posix.join(path.posix.dirname(file), to);
    const full = path.join(root, goal);
    let problem;
    if (!existsSync(full)) problem = "there is no such file";
    else if (anchor && !(statSync(full).isFile() && anchors(readFileSync(full, "utf8")).includes(anchor)))
      problem = `${goal} has no such heading`;
    yield { check: `${file}: link ${link}`, problem };
  }
}

/** As GitHub makes them of headings. */
const anchors = (text) =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** The error codes, in the core's one list. */
const codes = new Set(
  sources("src", ".rs").flatMap((text) => [...text.matchAll(/=> "([a-z_]+)", \d{3};/g)].map(([, code]) => code)),
);
/** Every other name with an underscore is a claim, a parameter or an identifier that the sources have. */
const known = new Set(
  [
    ...sources("src", ".rs"),
    ...sources("js", ".ts"),
    ...sources("examples", ".mjs"),
    ...sources("examples", ".js"),
  ].flatMap((text) => text.match(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g) ?? []),
);
/** Names that are only written about. */
const foreign = new Set(["nodejs_compat", "no_std", "email_verified", "private_key_jwt", "invalid_client"]);
/** Of Fief's own clients, of Authlib, and of Starlette. */
for (const name of [
  "compliance_fix",
  "introspect_token",
  "render_error_page",
  "render_success_page",
  "revoke_token",
  "update_token",
  "extras_params",
  "update_profile",
  "change_password",
  "email_change",
  "email_verify",
  "encryption_key",
  "secret_key",
  "session_cookie",
]) {
  foreign.add(name);
}

function* names(file, text) {
  const named = new Set([...prose(text).matchAll(/`([a-z0-9]+(?:_[a-z0-9]+)+)`/g)].map(([, name]) => name));
  if (codes.size < 30) yield { check: "error codes", problem: "the list of the core could not be read" };
  for (const name of named) {
    const exists = codes.has(name) || known.has(name) || foreign.has(name);
    yield { check: `${file}: \`${name}\``, problem: exists ? undefined : "there is no such error code, claim or name" };
  }
}

function sources(folder, extension) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(extension) && !name.includes("node_modules"))
    .map((name) => readFileSync(path.join(root, folder, name), "utf8"));
}
