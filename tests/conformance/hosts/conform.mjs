// What every host runs, laid out beside the suite: `corpus.mjs` is written there by run.mjs.

import * as countersign from "countersign";
import { capabilities } from "./capabilities.mjs";
import { corpora } from "./corpus.mjs";
import { run } from "./suite.mjs";

export const conform = (host) => run(countersign, corpora, capabilities[host]);
