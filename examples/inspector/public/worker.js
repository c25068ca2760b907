// Verifies, where no network is but that of the issuer: see the policy that serve.mjs sends with this file.
import { CountersignError, createVerifier, discover, init } from "./countersign/browser.js";
import { judge, REMEDIES } from "./countersign/checks/index.js";

/** How long one verification is repeated to be timed, in milliseconds. */
const TIMED = 30;

addEventListener("message", async ({ data: { job, ...input } }) => {
  await init();
  const jobs = { locate, inspect };
  postMessage(await jobs[job](input).catch(described));
});

/** Where the keys are: it may be another origin than the issuer's. */
async function locate({ options: { issuer, metadataUri } }) {
  const { jwks_uri: jwksUri } = await discover(issuer, metadataUri === undefined ? {} : { metadataUri });
  return { jwksUri };
}

async function inspect({ token, options, expectations }) {
  const requests = [];
  const watched = async (url, parameters) => {
    const begin = performance.now();
    const line = { url: String(url), status: "no answer" };
    requests.push(line);
    const response = await fetch(url, parameters);
    Object.assign(line, { status: response.status, milliseconds: performance.now() - begin });
    return response;
  };

  const outcome = { requests, keys: [], times: {} };
  try {
    const verifier = createVerifier(options.jwks === undefined ? { ...options, fetch: watched } : options);
    const begin = performance.now();
    const { keys, skipped } = await verifier.loadKeys();
    outcome.times.keys = performance.now() - begin;
    outcome.keys = [...keys, ...skipped];
    const verify = () => verifier.verify(token, ...(expectations === undefined ? [] : [expectations]));
    const first = performance.now();
    const refusal = await verify().then(() => ({}), described);
    outcome.times.first = performance.now() - first;
    Object.assign(outcome, refusal, { times: { ...outcome.times, ...(await time(verify)) } });
  } catch (thrown) {
    Object.assign(outcome, described(thrown));
  }
  if (outcome.mistake !== undefined) return outcome;
  // Judged here, since no code of the package runs in the page.
  return { ...outcome, checks: judge(outcome.error, options.binding), remedy: REMEDIES[outcome.error?.code] };
}

/** What was thrown, as data. */
function described(thrown) {
  if (!(thrown instanceof CountersignError)) return { mistake: String(thrown?.message ?? thrown) };
  const { code, status, message, claim, expected, actual } = thrown;
  return { error: { code, status, message, claim, expected, actual } };
}

/** The mean of one verification. The first calls are compiled while they run. */
async function time(verify) {
  let measured;
  for (let round = 0; round < 2; round += 1) {
    const begin = performance.now();
    let runs = 0;
    let elapsed = 0;
    for (; elapsed < TIMED; elapsed = performance.now() - begin) {
      await verify().catch(() => undefined);
      runs += 1;
    }
    measured = { mean: (elapsed / runs) * 1000, runs };
  }
  return measured;
}
