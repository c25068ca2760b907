// Browsers.

import { conform } from "./conform.mjs";

globalThis.conform = conform;
document.title = "ready";
