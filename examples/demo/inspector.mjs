// Looks at the provider's tokens in the inspector, by its links.

export async function inspect(url, browser, { tokens, issuer, audience }) {
  const rows = [];
  for (const [name, token, expected] of [
    ["a good token", tokens.es256.accessToken, "Accepted, Every check has passed."],
    ["an ID token at an API", tokens.es256.idToken, "Refused, typ_mismatch"],
    ["a token for another API", tokens.other.accessToken, "Refused, audience_mismatch"],
    ["an expired token", tokens.brief.accessToken, "Refused, token_expired"],
  ]) {
    const page = await browser.newPage();
    const form = { token, issuer, audience, more: '{"clockTolerance":0}' };
    await page.goto(`${url}#${new URLSearchParams(form)}`);
    const verdict = await page.locator(".verdict").innerText();
    const states = await page.locator(".checks .state").allInnerTexts();
    const counts = ["passed", "failed", "not reached"].map(
      (state) => `${states.filter((one) => one === state).length} ${state}`,
    );
    const [said = "", reason = ""] = verdict.split(/\n+/);
    const ok = `${said}, ${reason}`.startsWith(expected) && states.length > 0;
    rows.push({ ok, host: "inspector", name, code: said, detail: counts.join(", ") });
    await page.close();
  }
  return rows;
}
