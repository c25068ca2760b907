import { readFileSync } from "node:fs";
import { main } from "./main.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
await main(manifest.version);
