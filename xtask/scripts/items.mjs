// What a wasm file with names consists of: `bytes item`, a line per module of ours, per crate and per section, the largest
// first. Sections other than code and data are of a few bytes each.
//   node xtask/scripts/items.mjs FILE.wasm

import { readFileSync } from "node:fs";

const sections = new Map([
  [1, "types"],
  [2, "imports"],
  [3, "function types"],
  [4, "tables"],
  [6, "globals"],
  [7, "exports"],
  [9, "elements"],
  [11, "data"],
]);

const reader = { bytes: readFileSync(process.argv[2]), at: 8 };
const items = new Map();
const add = (item, bytes) => items.set(item, (items.get(item) ?? 0) + bytes);
let imported = 0;
let bodies = [];
let names = new Map();

while (reader.at < reader.bytes.length) {
  const id = reader.bytes[reader.at++];
  const size = unsigned(reader);
  const section = { bytes: reader.bytes.subarray(reader.at, reader.at + size), at: 0 };
  reader.at += size;
  if (id === 2) imported = importedFunctions(section);
  if (id === 10) bodies = bodySizes(section);
  if (id === 0 && text(section) === "name") names = functionNames(section);
  if (sections.has(id)) add(`(${sections.get(id)})`, size);
}
if (names.size === 0) throw new Error("the file has no names");
bodies.forEach((size, index) => add(itemOf(names.get(imported + index) ?? "(nameless)"), size));
for (const [item, bytes] of [...items].sort(([, a], [, b]) => b - a)) console.log(`${bytes} ${item}`);

/**
 * The module of ours, or the crate, that a function is of. A method of a trait belongs to the type that it is for, unless
 * that is everybody's: then to the trait.
 */
function itemOf(mangled) {
  const name = demangled(mangled);
  const paths = [...name.matchAll(/[A-Za-z_][A-Za-z0-9_]*(?:\[[0-9a-f]+\])?(?:::[A-Za-z_][A-Za-z0-9_]*)*/g)];
  const [first] = paths;
  if (!first) return "(other)";
  const owner = first[0].includes("::") || !name.startsWith("<") ? first : paths.find(([path]) => path.includes("::"));
  const [crate, module, part] = (owner ?? first)[0].replaceAll(/\[[0-9a-f]+\]/g, "").split("::");
  if (module === undefined) return `fn ${crate}`; // Exports, intrinsics.
  const isModule = (segment) => segment !== undefined && /^[a-z_0-9]+$/.test(segment);
  if (crate !== "countersign" || !isModule(module)) return crate;
  return isModule(part) ? `countersign::${module}::${part}` : `countersign::${module}`;
}

/** A name as the compiler writes it, where no wasm-bindgen has made it readable: `_ZN`, parts by their lengths, a hash. */
function demangled(name) {
  if (!name.startsWith("_ZN")) return name;
  const parts = [];
  for (let at = 3, length; (length = /^\d+/.exec(name.slice(at))?.[0]); at += length.length + Number(length)) {
    parts.push(name.slice(at + length.length, at + length.length + Number(length)));
  }
  if (/^h[0-9a-f]{16}$/.test(parts.at(-1) ?? "")) parts.pop();
  const marks = { LT: "<", GT: ">", RF: "&", BP: "*", C: ",", SP: "@", LP: "(", RP: ")" };
  const readable = (part) =>
    part
      .replace(/^_(?=\$)/, "")
      .replaceAll(/\$u([0-9a-f]{2})\$/g, (_, code) => String.fromCharCode(parseInt(code, 16)))
      .replaceAll(/\$([A-Z]{1,2})\$/g, (whole, mark) => marks[mark] ?? whole)
      .replaceAll("..", "::");
  return parts.map(readable).join("::");
}

function importedFunctions(section) {
  let functions = 0;
  for (let left = unsigned(section); left > 0; left -= 1) {
    text(section);
    text(section);
    const kind = section.bytes[section.at++];
    if (kind === 0) functions += 1;
    if (kind === 1 || kind === 3) section.at += 1; // The type of a table, or of a global.
    if (kind === 3) {
      section.at += 1;
      continue;
    }
    const flags = unsigned(section);
    if (kind === 0) continue;
    unsigned(section);
    if (flags & 1) unsigned(section);
  }
  return functions;
}

function bodySizes(section) {
  return Array.from({ length: unsigned(section) }, () => {
    const size = unsigned(section);
    section.at += size;
    return size;
  });
}

/** Subsection 1 of the name section: index and name, over and over. */
function functionNames(section) {
  const found = new Map();
  while (section.at < section.bytes.length) {
    const kind = section.bytes[section.at++];
    const end = unsigned(section) + section.at;
    if (kind === 1) {
      for (let left = unsigned(section); left > 0; left -= 1) {
        const index = unsigned(section);
        found.set(index, text(section));
      }
    }
    section.at = end;
  }
  return found;
}

function text(section) {
  const length = unsigned(section);
  section.at += length;
  return Buffer.from(section.bytes.subarray(section.at - length, section.at)).toString();
}

function unsigned(section) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = section.bytes[section.at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
}
