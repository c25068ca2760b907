// Angular's builder, which is esbuild's and Vite's with rules of its own.

import { cpSync } from "node:fs";
import path from "node:path";

import { startServer } from "../../support/processes.mjs";
import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { alone, apps, emitted, node, write } from "../support.mjs";

const VERSION = "20.3.35";
const BYTES = ["auth.bytes", "core.bytes", "engine.bytes"];
const options = {
  outputPath: "out",
  index: "src/index.html",
  browser: "src/main.ts",
  tsConfig: "tsconfig.json",
  polyfills: [],
};
const FILES = {
  "angular.json": {
    version: 1,
    cli: { analytics: false },
    projects: {
      app: {
        projectType: "application",
        root: "",
        sourceRoot: "src",
        architect: {
          build: {
            builder: "@angular/build:application",
            options,
            configurations: { production: { budgets: [] } },
            defaultConfiguration: "production",
          },
          serve: { builder: "@angular/build:dev-server", options: { buildTarget: "app:build" } },
        },
      },
    },
  },
  "tsconfig.json": {
    compilerOptions: {
      target: "ES2022",
      module: "ES2022",
      moduleResolution: "bundler",
      strict: true,
      allowJs: true,
      skipLibCheck: true,
      lib: ["ES2022", "dom"],
    },
    files: ["src/main.ts"],
  },
  "src/index.html": '<!doctype html><html><head><base href="/"></head><body><app-root></app-root></body></html>\n',
  "src/main.ts": `import { Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
// @ts-ignore The program has no types.
import { check } from "./check.js";

@Component({ selector: "app-root", template: '<pre id="said">{{ line() }}</pre>' })
class App {
  line = signal("");
  constructor() {
    check().then((line: string) => this.line.set(line));
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
`,
};

export const angular = {
  name: "angular 20",
  packages: {
    "@angular/build": "20.3.41",
    "@angular/cli": "20.3.43",
    ...Object.fromEntries(
      ["common", "compiler", "compiler-cli", "core", "platform-browser"].map((name) => [`@angular/${name}`, VERSION]),
    ),
    rxjs: "7.8.2",
    tslib: "2.8.1",
    typescript: "5.9.3",
  },
  async run({ folder, artifacts, row, visit, visitUrl }) {
    write(folder, FILES);
    cpSync(path.join(apps, "check.js"), path.join(folder, "src/check.js"));
    const ng = "node_modules/@angular/cli/bin/ng.js";
    await row("build", { said: ok("browser"), emitted: BYTES, fetched: BYTES }, async () => {
      await node([ng, "build"], { cwd: folder });
      const output = alone(path.join(folder, "out/browser"));
      return { ...(await visit(output)), emitted: emitted(artifacts, output) };
    });
    await row("serve", { said: ok("browser"), fetched: BYTES }, async () => {
      const port = await freePort();
      const { close } = await startServer(process.execPath, [ng, "serve", `--port=${port}`, "--host=127.0.0.1"], {
        cwd: folder,
        env: { ...process.env, CI: "1", NG_CLI_ANALYTICS: "false", NO_COLOR: "1" },
        log: path.join(folder, "serve.log"),
        ready: (line) => (/Local:|localhost|127\.0\.0\.1/.test(line) ? true : undefined),
        timeout: 120_000,
      });
      const seen = await visitUrl(`http://127.0.0.1:${port}/`);
      await close();
      return seen;
    });
  },
};
