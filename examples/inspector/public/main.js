// The form: what is in it becomes options of a verifier, which a worker makes.
import { render } from "./render.js";
import { names, sample } from "./samples.js";

const form = document.getElementById("form");
const result = document.getElementById("result");
const samples = document.getElementById("sample");
// Nothing but the address of the worker is ever given to the browser as a script.
const policy = globalThis.trustedTypes?.createPolicy("inspector", { createScriptURL: (url) => url });

for (const name of names) samples.append(new Option(name));
let run = 0;

samples.addEventListener("change", async () => {
  if (samples.value === "") return fill({ token: "", issuer: "", audience: "", source: "issuer", jwks: "", more: "" });
  fill({ nonce: "", more: "", ...(await sample(samples.value)) });
  await check();
});
form.addEventListener("input", ({ target }) => {
  if (target !== samples && target.name === "token") samples.value = "";
  show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void check();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

// A link may fill in the form: #token=…&issuer=…&audience=… What it had is taken out of the address at once.
const linked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
if (linked.token !== undefined) {
  history.replaceState(null, "", location.pathname);
  fill(linked);
  void check();
}
show();
document.documentElement.dataset.ready = "";

function fill(fields) {
  for (const [name, value] of Object.entries(fields)) {
    if (form.elements[name] !== undefined) form.elements[name].value = value;
  }
  show();
}

/** What is asked for only in some cases. */
function show() {
  const { profile, source } = Object.fromEntries(new FormData(form));
  document.getElementById("nonce-field").hidden = profile !== "id-token";
  document.getElementById("jwks-field").hidden = source !== "pasted";
}

async function check() {
  const number = (run += 1);
  result.setAttribute("aria-busy", "true");
  const input = read();
  const outcome = input.mistake === undefined ? await judged(input) : input;
  if (number !== run) return; // Another one has been asked for.
  render(result, { ...input, ...outcome });
  result.setAttribute("aria-busy", "false");
  // There it is below the form.
  if (matchMedia("(width < 52rem)").matches) result.scrollIntoView();
}

function read() {
  const { token, issuer, audience, profile, nonce, source, jwks, more } = Object.fromEntries(new FormData(form));
  const options = { issuer: issuer.trim(), profile };
  if (audience.trim() !== "") options.audience = audience.trim();
  if (source === "pasted") options.jwks = jwks.trim();
  if (more.trim() !== "") {
    try {
      Object.assign(options, JSON.parse(more));
    } catch {
      return { mistake: "“More options” is not JSON" };
    }
  }
  const expectations = options.profile === "id-token" && nonce !== "" ? { nonce } : undefined;
  return { token: token.trim(), options, expectations };
}

async function judged({ token, options, expectations }) {
  try {
    const origins = options.jwks === undefined ? await originsOf(options) : [];
    return await ask(origins, { job: "inspect", token, options, expectations });
  } catch (error) {
    return { mistake: error.message };
  }
}

/** Where the keys come from: the issuer's metadata may name another origin for them. */
async function originsOf(options) {
  const first = new URL(options.jwksUri ?? options.metadataUri ?? options.issuer).origin;
  if (options.jwksUri !== undefined) return [first];
  const { jwksUri } = await ask([first], { job: "locate", options });
  return jwksUri === undefined ? [first] : [...new Set([first, new URL(jwksUri).origin])];
}

/** Asks a new worker, whose policy lets it reach these origins and no other. */
function ask(origins, message) {
  const url = `worker.js?${new URLSearchParams(origins.map((origin) => ["connect", origin]))}`;
  const worker = new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new TypeError("keys come from https addresses, or from this machine"));
    worker.postMessage(message);
  }).finally(() => worker.terminate());
}
