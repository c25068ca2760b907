/** The same exports as `countersign.js`, without signature arithmetic behind them. */
export * from "./countersign.js";
export { default } from "./countersign.js";
