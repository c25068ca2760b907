// The installed package: what users import, and its parts.

import path from "node:path";
import { pathToFileURL } from "node:url";
import { importPackage, installPackage, target } from "../../support/package.mjs";

export const folder = path.join(target, "js-tests");
export const installed = await installPackage(folder);

export const countersign = await importPackage(folder);

/** A file of the package that it does not export. A `copy` has its own module state, and so its own wasm instance. */
export function part(file, copy = "") {
  return import(`${pathToFileURL(path.join(installed, "dist", file)).href}${copy && `?${copy}`}`);
}
