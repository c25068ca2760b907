// Node, Deno and Bun.

import process from "node:process";
import { conform } from "./conform.mjs";

console.log(JSON.stringify(await conform(process.argv[2])));
