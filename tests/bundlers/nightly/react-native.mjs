// React Native, by Metro and Hermes: one error that says what to do.

import { cpSync } from "node:fs";
import path from "node:path";

import { apps, emptyFolder, node, run, write } from "../support.mjs";

const BUNDLE = `
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Metro = require("metro");
const { getDefaultConfig } = require("@react-native/metro-config");

const config = await Metro.loadConfig({ cwd: import.meta.dirname ?? process.cwd(), resetCache: true }, getDefaultConfig(process.cwd()));
await Metro.runBuild({ ...config, maxWorkers: 1 }, { entry: "react-native.js", out: "out/app.js", platform: "ios", dev: false, minify: true });
process.exit(0);
`;

/** The error that a program ended with. */
const thrown = ({ output }) => /TypeError: .*/.exec(output)?.[0] ?? output;

export const reactNative = {
  name: "react-native",
  packages: {
    "react-native": "0.82.1",
    react: "19.1.1",
    "@react-native/metro-config": "0.82.1",
    "@react-native/babel-preset": "0.82.1",
    "@babel/core": "7.28.5",
    "@babel/runtime": "7.28.4",
    metro: "0.83.3",
    "hermes-engine-cli": "0.12.0",
  },
  async run({ folder, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, {
      "bundle.mjs": BUNDLE,
      "babel.config.cjs": 'module.exports = { presets: ["module:@react-native/babel-preset"] };\n',
    });
    const said =
      /TypeError: countersign needs WebAssembly, which React Native does not have: verify tokens on a server/;
    emptyFolder(path.join(folder, "out"));
    await node(["bundle.mjs"], { cwd: folder });
    await row("the bundle in Node", { said }, () => node(["out/app.js"], { cwd: folder }).catch(thrown));
    await row("the bundle in Hermes", { said }, () => {
      const system = { linux: "linux64-bin", darwin: "osx-bin", win32: "win64-bin" }[process.platform];
      const hermes = path.join(folder, "node_modules/hermes-engine-cli", system, "hermes");
      return run(hermes, ["out/app.js"], { cwd: folder }).catch(thrown);
    });
  },
};
