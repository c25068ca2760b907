// The installed package: what users import, and the same on hosts that tests make up.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { importPackage, installPackage, target } from "../../support/package.mjs";

export const folder = path.join(target, "js-tests");
export const installed = await installPackage(folder);

export const countersign = await importPackage(folder);
export const client = await importPackage(folder, "countersign/client");

/** The bytes of one of the package's wasm files. */
export const wasmFile = (name) => readFileSync(path.join(installed, `dist/wasm/${name}.wasm`));

const core = new WebAssembly.Module(wasmFile("core"));
const guard = new WebAssembly.Module(wasmFile("guard"));
const auth = new WebAssembly.Module(wasmFile("auth"));
const engine = new WebAssembly.Module(wasmFile("engine"));

/** What the copies below ask for their host. */
const hosts = Symbol.for("the hosts of these tests");
globalThis[hosts] = [];

/**
 * The package on another host: a copy, and so an instance, of its own, whose package.json chooses what is given here by
 * `#host` and `#wasm/…`: `module` and `load` are those of the core, of each of them. `entry` is the entry point, "slim" for
 * `countersign/slim`.
 */
export async function packageOn(host = {}, { module, load, entry = "", engine: other = {} } = {}) {
  const source = (given, own) => ({ module: given.load ? undefined : (given.module ?? (() => own)), load: given.load });
  const given = {
    core: source({ module, load }, core),
    guard: source({ module, load }, guard),
    auth: source({ module, load }, auth),
    engine: source(other, engine),
  };
  const number = globalThis[hosts].push({ host: { name: "test", sharesPromises: true, ...host }, ...given }) - 1;
  const copy = path.join(folder, "hosts", `${process.pid}-${number}`);
  rmSync(copy, { recursive: true, force: true });
  cpSync(path.join(installed, "dist"), path.join(copy, "dist"), {
    recursive: true,
    filter: (file) => !/\.wasm$|\.bytes\.js$|\/cjs$/.test(file),
  });
  const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const artifacts = ["core", "guard", "auth", "engine"];
  const own = Object.fromEntries([
    ["#host", "./host.js"],
    ...artifacts.map((name) => [`#wasm/${name}`, `./${name}.js`]),
  ]);
  write(copy, "package.json", JSON.stringify({ ...manifest, imports: { ...manifest.imports, ...own } }));
  const here = `globalThis[Symbol.for(${JSON.stringify(hosts.description)})][${number}]`;
  write(copy, "host.js", `export const { host } = ${here};\n`);
  for (const name of artifacts) write(copy, `${name}.js`, `export const { module, load } = ${here}.${name};\n`);
  try {
    return await import(pathToFileURL(path.join(copy, "dist", entry, "index.js")).href);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The package as one of its own hosts has it, by the condition's name: a copy whose package.json has no other. */
export async function packageFor(condition, entry = "") {
  const copy = copyFor(condition);
  return import(pathToFileURL(path.join(copy, "dist", entry, "index.js")).href);
}

/** The folder of such a copy. */
export function copyFor(condition, name = condition) {
  const copy = path.join(folder, "conditions", name);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(path.dirname(copy), { recursive: true });
  cpSync(installed, copy, { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const chosen = Object.entries(manifest.imports).map(([name, targets]) => [
    name,
    targets[condition] ?? targets.default,
  ]);
  write(copy, "package.json", JSON.stringify({ ...manifest, imports: Object.fromEntries(chosen) }));
  return copy;
}

function write(copy, name, text) {
  writeFileSync(path.join(copy, name), text);
}
