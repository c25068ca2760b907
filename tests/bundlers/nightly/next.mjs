// Next: Turbopack and webpack, built and in development, in the four places where its programs run.

import { cpSync, rmSync } from "node:fs";
import path from "node:path";

import { startServer } from "../../support/processes.mjs";
import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { apps, ask, node, write } from "../support.mjs";

const route = (runtime) => `import { check } from "../../check.js";

export const runtime = "${runtime}";
export const dynamic = "force-dynamic";
export const GET = async () => new Response(await check());
`;
const FILES = {
  "app/layout.js":
    "export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n",
  "app/page.js": "export default function Page() {\n  return <p>page</p>;\n}\n",
  "app/node/route.js": route("nodejs"),
  "app/edge/route.js": route("edge"),
  "app/client/page.js": `"use client";
import { useEffect, useState } from "react";
import { check } from "../../check.js";

export default function Page() {
  const [line, setLine] = useState("");
  useEffect(() => {
    check().then(setLine);
  }, []);
  return <pre id="said">{line}</pre>;
}
`,
  "middleware.js": `import { NextResponse } from "next/server";
import { check } from "./check.js";

export async function middleware() {
  const response = NextResponse.next();
  response.headers.set("x-said", (await check()).replaceAll(/[^ -~]/g, ""));
  return response;
}

export const config = { matcher: "/" };
`,
};
const PLACES = {
  node: (url) => ask(`${url}/node`),
  edge: (url) => ask(`${url}/edge`),
  middleware: (url) => ask(url, { header: "x-said" }),
};

/** `ways` are the arguments of build and of dev, and the places that this version cannot build at all. */
const nextOf = (name, version, ways) => ({
  name,
  packages: { next: version, react: "19.1.1", "react-dom": "19.1.1" },
  async run({ folder, row, visitUrl }) {
    cpSync(path.join(apps, "check.js"), path.join(folder, "check.js"));
    write(folder, FILES);
    const next = "node_modules/next/dist/bin/next";
    for (const { way, build, dev, without = [] } of ways) {
      for (const place of without) rmSync(path.join(folder, "app", place), { recursive: true, force: true });
      const modes = [];
      if (build) modes.push(["start", ["start"]]);
      if (dev) modes.push(["dev", ["dev", ...dev]]);
      for (const [mode, args] of modes) {
        rmSync(path.join(folder, ".next"), { recursive: true, force: true });
        const url = await (async () => {
          if (mode === "start") await node([next, "build", ...build], { cwd: folder });
          const port = await freePort();
          const server = await startServer(
            process.execPath,
            [next, ...args, `--port=${port}`, "--hostname=127.0.0.1"],
            {
              cwd: folder,
              env: { ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
              log: path.join(folder, `${mode}.log`),
              ready: (line) => (/Ready in/.test(line) ? true : undefined),
              timeout: 120_000,
            },
          );
          return { at: `http://127.0.0.1:${port}`, close: server.close };
        })().catch((error) => ({ error }));
        const at = () => {
          if (url.error) throw url.error;
          return url.at;
        };
        for (const [place, see] of Object.entries(PLACES)) {
          if (without.includes(place)) continue;
          // The sandbox of Next's edge has the condition `edge-light`, and middleware runs there.
          const host = place === "node" ? "node" : "edge-light";
          await row(`${way}, ${mode}, ${place}`, { said: ok(host) }, () => see(at()));
        }
        const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
        await row(`${way}, ${mode}, page`, { said: ok("browser"), fetched }, () => visitUrl(`${at()}/client`));
        await url.close?.();
      }
      write(folder, FILES);
    }
  },
});

export const next16 = nextOf("next 16", "16.4.6", [
  { way: "Turbopack", build: [], dev: [] },
  // Next 16 itself fails to build a route of the edge by webpack, without any dependency.
  { way: "webpack", build: ["--webpack"], dev: ["--webpack"], without: ["edge"] },
]);
export const next15 = nextOf("next 15", "15.5.29", [
  { way: "webpack", build: [], dev: [] },
  { way: "Turbopack", dev: ["--turbopack"] },
]);
