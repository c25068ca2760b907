import { SignIn } from "../client/sign-in.js";
import { readClientOptions } from "../client/options.js";
import type { Rules } from "./rules.js";
import { core } from "./runtime.js";
import { seconds } from "./seconds.js";
import type { BrowserAuthOptions } from "./types.js";

/** The client of a page. Its clock for ID tokens is the provider's, where this browser's differs. */
export function clientOf(options: BrowserAuthOptions<never>, redirectUri: string, rules: Rules): SignIn {
  const { issuer, clientId, scope, dpop, resources = [], allowedOrigins = [], fetch } = options;
  let offset = 0;
  const clock = {
    now: () => Date.now() + offset * 1000,
    issued: (idToken: string) => {
      offset = rules.providerOffset(idToken, seconds());
    },
  };
  const read = readClientOptions({
    issuer,
    clientId,
    redirectUri,
    allowedOrigins: [...originsOf(resources), ...allowedOrigins],
    ...(scope && { scope }),
    ...(dpop && { dpop }),
    ...(fetch && { fetch }),
  });
  return new SignIn(core, { ...read, clock });
}

/** The origins of those that are addresses: names of APIs need not be. */
const originsOf = (resources: readonly string[]): string[] =>
  resources.flatMap((resource) => {
    const url = URL.canParse(resource) ? new URL(resource) : undefined;
    return url?.protocol === "https:" || url?.protocol === "http:" ? [url.origin] : [];
  });
