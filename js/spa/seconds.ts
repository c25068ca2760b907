/** Seconds since the epoch, by this browser's clock. */
export { now as seconds } from "../client/drive.js";
