// The same in three browsers, and a table of what has come out.

import { disturbances } from "./disturbances.mjs";
import { journeys } from "./journeys.mjs";
import { surroundings } from "./surroundings.mjs";
import { withSecondTry } from "../support/drivers.mjs";

const scenarios = { ...journeys, ...disturbances, ...surroundings };

/** Runs every scenario in a browser. `test(name, body)` answers whether it has passed. */
export async function runScenarios(browser, { newContext, urls, provider }, test, only) {
  const column = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (only !== undefined && !name.includes(only)) continue;
    const alone = async () => {
      const contexts = [];
      const opened = async (...options) => {
        const context = await newContext(...options);
        contexts.push(context);
        return context;
      };
      try {
        await scenario({ newContext: opened, urls, provider, browser });
      } catch (error) {
        // What it has left behind is nothing of the next one's.
        for (const { close } of contexts) await close().catch(() => undefined);
        Object.assign(provider.faults, { down: false, response: undefined, slow: {} });
        provider.refusals.length = 0;
        throw error;
      }
    };
    column[name] = (await test(`${browser}: ${name}`, () => withSecondTry(browser, alone))) ? "✓" : "✗";
  }
  return column;
}

/** One line for each scenario, one column for each browser. */
export function table(columns) {
  const width = Math.max(...Object.keys(scenarios).map((name) => name.length));
  const line = (first, cells) => [first.padEnd(width), ...cells.map((cell) => cell.padEnd(9))].join("  ").trimEnd();
  const browsers = Object.keys(columns);
  const rows = Object.keys(scenarios).map((name) =>
    line(
      name,
      browsers.map((browser) => columns[browser][name] ?? "skipped"),
    ),
  );
  return [line("", browsers), ...rows].join("\n");
}
