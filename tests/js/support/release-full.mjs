import * as countersign from "countersign";
import { answering } from "./release.mjs";

export default answering(countersign, () => undefined);
