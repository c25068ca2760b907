// Signs in at the provider as a browser would: this project builds the request and reads the answers, and a short
// script with a cookie jar stands in for the person who fills in the forms.

/** Keeps cookies and follows no redirect by itself. */
export function userAgent() {
  const cookies = new Map(); // One server, no two cookies that differ in their path alone: names and values suffice.
  return async (url, form) => {
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form && new URLSearchParams(form),
      redirect: "manual",
      headers: { cookie: [...cookies].map((cookie) => cookie.join("=")).join("; ") },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (value === "" || attributes.some((text) => /^ *expires=.* 1970 /i.test(text))) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    return { status: response.status, text: await response.text(), location: location && new URL(location, url).href };
  };
}

/**
 * Goes through the provider's forms from `url` until it sends us back to `redirectUri`. Answers where to, or the form that
 * a page of the provider's posts there (`response_mode=form_post`), as its body.
 */
export async function signIn(browse, url, redirectUri, account) {
  let answer = await browse(url);
  for (let page = url; ; answer = await browse(page)) {
    if (answer.location) {
      page = answer.location;
      if (page.startsWith(`${redirectUri}?`)) return page;
      continue;
    }
    if (answer.text.includes(`action="${redirectUri}"`)) return postedForm(answer.text);
    // One form asks who it is, the next for consent. They differ in a hidden field.
    const prompt = /name="prompt" value="(login|consent)"/.exec(answer.text)?.[1];
    if (!prompt) throw new Error(`sign-in stopped at ${new URL(page).pathname} with HTTP status ${answer.status}`);
    const submitted = await browse(page, { prompt, login: account, password: "any" });
    if (!submitted.location)
      throw new Error(`the provider refused the ${prompt} form: HTTP status ${submitted.status}`);
    page = submitted.location;
    if (page.startsWith(`${redirectUri}?`)) return page;
  }
}

/** What a browser would send with the form of a page. The provider escapes what stands in it as every HTML page does. */
function postedForm(html) {
  const characters = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  const plain = (text) => text.replace(/&[a-z0-9#]+;/g, (entity) => characters[entity] ?? entity);
  const fields = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return new URLSearchParams([...fields].map(([, name, value]) => [plain(name), plain(value)])).toString();
}

/** Authorization code with PKCE, from the first URL to the tokens. */
export async function obtainTokens(countersign, { server, clientId, redirectUri, scope, resource, browse, account }) {
  const { createAuthorizationRequest, parseAuthorizationResponse, createTokenRequest, parseTokenResponse } =
    countersign;
  const { url, transaction } = createAuthorizationRequest({
    server,
    clientId,
    redirectUri,
    scope,
    params: { resource },
  });
  const callback = await signIn(browse, url, redirectUri, account);
  const { code } = parseAuthorizationResponse(callback, transaction);
  const { url: endpoint, ...request } = createTokenRequest({ transaction, code });
  const response = await fetch(endpoint, request);
  const tokens = parseTokenResponse(response.status, await response.text(), { transaction });
  return { accessToken: tokens.access_token, idToken: tokens.id_token, nonce: transaction.nonce };
}
