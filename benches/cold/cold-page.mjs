// Runs in Chromium, in a new page of a new profile: milliseconds from the import to the first verdict.

globalThis.cold = async (library, scenario) => {
  const module = new URL(`cold-${library}.js`, document.baseURI).href;
  const start = performance.now();
  const { first } = await import(module);
  const verdict = await first(scenario);
  const end = performance.now();
  if (typeof verdict !== "string") throw new Error("no verdict");
  return end - start;
};
document.title = "ready";
