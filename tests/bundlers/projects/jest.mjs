// Jest: CommonJS by Babel, in Node's environment and in jsdom, and modules.

import { cpSync } from "node:fs";

import { ok } from "../rows.mjs";
import { apps, lineIn, node, write } from "../support.mjs";

const test = (environment) => `/** @jest-environment ${environment} */
import { expect, test } from "@jest/globals";
import { check } from "./check.js";

test("the program", async () => {
  const line = await check();
  process.stdout.write(line + "\\n");
  expect(line).toMatch(/^OK/);
});
`;
const BABEL = 'module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };\n';

export const jest = {
  name: "jest",
  packages: {
    jest: "30.5.2",
    "jest-environment-jsdom": "30.5.2",
    "babel-jest": "30.5.2",
    "@babel/core": "7.29.7",
    "@babel/preset-env": "7.29.14",
  },
  async run({ folder, row }) {
    const common = { "node.test.js": test("node"), "jsdom.test.js": test("jsdom") };
    for (const name of ["commonjs", "modules"]) {
      const place = `${folder}/${name}`;
      cpSync(apps, place, { recursive: true });
      const isModule = name === "modules";
      write(place, {
        ...common,
        "package.json": isModule ? { type: "module", jest: { transform: {} } } : {},
        ...(isModule ? {} : { "babel.config.js": BABEL }),
      });
      for (const environment of ["node", "jsdom"]) {
        // jsdom lacks `TextEncoder`, which the twin in CommonJS takes from Node.
        const isLacking = isModule && environment === "jsdom";
        const said = isLacking ? /ReferenceError: TextEncoder is not defined/ : ok("node");
        await row(`${name}, ${environment}`, { said }, async () => {
          const script = [`${folder}/node_modules/jest/bin/jest.js`, `${environment}.test.js`, "--rootDir=."];
          const flags = isModule ? ["--experimental-vm-modules", "--no-warnings"] : [];
          const told = node([...flags, ...script], { cwd: place });
          return isLacking ? told.catch(({ output }) => output) : lineIn(await told);
        });
      }
    }
  },
};
