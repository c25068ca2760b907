import * as countersign from "countersign/slim";
import core from "countersign/core.wasm";
import { answering } from "./release.mjs";

export default answering(countersign, () => countersign.init(core));
