// Web applications in Chromium, Firefox and WebKitGTK: the same scenarios, and a table of what has come out.

import { drivers, withSecondTry } from "../support/drivers.mjs";
import { MARKUP } from "../support/markup.mjs";
import { approveAtProvider, confirmAtProvider, scenarios } from "./scenario.mjs";

/**
 * Runs the scenarios for each application in each browser. `check(what, test)` answers whether it has passed, and
 * `skip(why)` is told of browsers that are not here.
 */
export async function inBrowsers(applications, check, skip) {
  const { WEB_BROWSER, WEB_ONLY } = process.env; // For whoever looks into something.
  const rows = new Map();
  const browsers = Object.keys(drivers).filter((name) => WEB_BROWSER === undefined || name === WEB_BROWSER);
  for (const browser of browsers) {
    const { newContext, problem } = await drivers[browser]();
    if (problem !== undefined) skip(`${browser}: ${problem}`);
    for (const app of applications) {
      for (const [what, scenario] of Object.entries(scenarios)) {
        if (WEB_ONLY !== undefined && !what.includes(WEB_ONLY)) continue;
        const row = `${app.name}: ${what}`;
        const cells = rows.get(row) ?? rows.set(row, []).get(row);
        if (problem !== undefined) cells.push("skipped");
        else
          cells.push(
            (await check(`${browser}: ${row}`, () =>
              withSecondTry(browser, () => alone(scenario, { newContext, app, browser })),
            ))
              ? "✓"
              : "✗",
          );
      }
    }
  }
  const width = Math.max(...[...rows.keys()].map((row) => row.length));
  const line = (first, cells) => [first.padEnd(width), ...cells.map((cell) => cell.padEnd(9))].join("  ").trimEnd();
  console.log([line("", browsers), ...[...rows].map(([row, cells]) => line(row, cells))].join("\n"));
}

/** A scenario leaves no browser open. */
async function alone(scenario, { newContext, ...world }) {
  const contexts = [];
  const opened = async () => {
    const context = await newContext();
    contexts.push(context);
    return context;
  };
  try {
    await scenario({ newContext: opened, ...world });
  } finally {
    for (const { close } of contexts) await close().catch(() => undefined);
  }
}

/** examples/worker-web at an origin. */
export const workerWeb = (origin, { issuer, events }) => ({
  name: `worker-web at ${new URL(origin).hostname}`,
  origin,
  secret: "/notes",
  account: "grace",
  hostile: MARKUP,
  begin: (page) => page.goto(`${origin}/auth/login?return_to=/notes`),
  approve: (page, account) => approveAtProvider(page, account, origin),
  confirmSignOut: confirmAtProvider,
  comesBack: true,
  refresh: { life: 6000, events, path: "/token", shows: /length/ },
  tampering: {
    issuer: "response_issuer_mismatch",
    // Like a response that comes twice, it begins the sign-in again, once.
    code: "transaction_missing",
    state: "transaction_missing",
    error: "authorization_error",
    markup: "authorization_error",
  },
  setFault: (name) => fetch(`${issuer}/test/fault?${name}`),
});
