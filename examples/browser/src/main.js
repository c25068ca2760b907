import { CountersignError, createVerifier, decodeUnverified, init } from "countersign";

await init(); // For decodeUnverified, which cannot wait.

const form = document.getElementById("form");
const issuer = await (await fetch("issuer")).text();
document.getElementById("issuer").href = issuer;

// A link may carry a form to fill in: #token=…&audience=…&profile=…
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  if (form.elements[name]) form.elements[name].value = value;
}

const verifiers = new Map(); // One per configuration: a verifier keeps its issuer's keys.

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { token, audience, profile, nonce, clockTolerance } = Object.fromEntries(new FormData(form));
  const key = JSON.stringify([audience, profile, clockTolerance]);
  if (!verifiers.has(key)) {
    verifiers.set(key, createVerifier({ issuer, audience, profile, clockTolerance: Number(clockTolerance) }));
  }
  const verifier = verifiers.get(key);
  const expectations = profile === "id-token" ? { nonce } : undefined;
  const verify = () => verifier.verify(token.trim(), expectations);

  const row = { kind: profile, algorithm: algorithm(token.trim()), verdict: "ok" };
  try {
    const { claims } = await verify();
    row.detail = JSON.stringify(claims);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    row.verdict = error.code;
    row.detail = error.message;
  }
  await time(verify); // Warms up: the first calls are compiled while they run.
  row.time = await time(verify);
  show(row);
});

function algorithm(token) {
  try {
    return decodeUnverified(token).header.alg;
  } catch {
    return "–";
  }
}

async function time(verify) {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < 20) {
    await verify().catch(() => {});
    runs += 1;
    elapsed = performance.now() - start;
  }
  return Math.round((elapsed / runs) * 1000);
}

function show({ kind, algorithm, verdict, detail, time }) {
  const row = document.getElementById("results").insertRow(0);
  for (const text of [kind, algorithm, verdict, detail, String(time)]) row.insertCell().textContent = text;
  row.className = verdict === "ok" ? "ok" : "refused";
}
