import { SignInClient } from "../client/sign-in.js";
import { readClientOptions } from "../client/options.js";
import { addressOf } from "./resources.js";
import type { Rules } from "./rules.js";
import { core } from "./runtime.js";
import { seconds } from "./seconds.js";
import type { BrowserAuthOptions } from "./types.js";

/** The client of a page. Its clock for ID tokens is the provider's, where this browser's differs. */
export function clientOf(options: BrowserAuthOptions<never>, redirectUri: string, rules: Rules): SignInClient {
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
    allowedOrigins: [...resources.flatMap((resource) => addressOf(resource)?.origin ?? []), ...allowedOrigins],
    ...(scope && { scope }),
    ...(dpop && { dpop }),
    ...(fetch && { fetch }),
  });
  return new SignInClient(core, { ...read, clock });
}
