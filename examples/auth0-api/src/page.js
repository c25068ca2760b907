// A page that calls the routes with a token, and shows what they answer.

const ROUTES = [
  ["/api/public", "for everybody"],
  ["/api/private", "a token for this API"],
  ["/api/private-scoped", "the scope read:messages"],
  ["/api/private-permission", "the permission read:messages"],
];

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>An API with tokens of Auth0</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/try.js"></script>
</head>
<body>
<main>
<h1>An API with tokens of Auth0</h1>
<form>
<label for="token">Access token</label>
<textarea id="token" name="token" rows="4" spellcheck="false" autocomplete="off" aria-describedby="hint"></textarea>
<p id="hint">The page of your API at Auth0 has one under <em>Test</em>. It stays on this page, and goes to these routes alone:</p>
<ul>
${ROUTES.map(([path, who]) => `<li><button name="path" value="${path}">GET ${path}</button> <span>${who}</span></li>`).join("\n")}
</ul>
</form>
<h2>Answer</h2>
<pre tabindex="0" role="status" aria-label="Answer">Nothing has been asked yet.</pre>
</main>
</body>
</html>`;

const script = `const answer = document.querySelector("pre");
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = document.querySelector("#token").value.trim();
  const headers = token === "" ? {} : { authorization: "Bearer " + token };
  try {
    const response = await fetch(event.submitter.value, { headers, cache: "no-store" });
    const challenge = response.headers.get("www-authenticate");
    answer.className = response.ok ? "good" : "bad";
    answer.textContent = [
      "GET " + event.submitter.value,
      "HTTP " + response.status,
      ...(challenge ? ["WWW-Authenticate: " + challenge] : []),
      "",
      JSON.stringify(await response.json(), null, 2),
    ].join("\\n");
  } catch (error) {
    answer.className = "bad";
    answer.textContent = "The API cannot be reached: " + error.message;
  }
});
`;

const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7fa, #10131a);
  --surface: light-dark(#ffffff, #191d27);
  --line: light-dark(#d9deea, #303748);
  --text: light-dark(#1a2030, #e7eaf1);
  --quiet: light-dark(#566075, #a0abc0);
  --accent: light-dark(#1f4fc9, #8db0ff);
  --on-accent: light-dark(#ffffff, #0b1120);
  font: 1rem/1.6 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: clamp(1rem, 4vw, 2rem); background: var(--ground); color: var(--text); }
main { margin-top: 1.5rem; padding: clamp(1rem, 4vw, 2rem); background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; outline: none; }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.2; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
textarea { display: block; width: 100%; font: 0.85rem/1.4 ui-monospace, monospace; padding: 0.6rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--ground); color: inherit; overflow-wrap: anywhere; resize: vertical; }
#hint { margin: 0.5rem 0 1rem; color: var(--quiet); font-size: 0.9rem; }
ul { display: grid; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
li { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; }
li span { color: var(--quiet); font-size: 0.9rem; }
button { min-width: 17rem; text-align: left; font: 0.9rem ui-monospace, monospace; padding: 0.55rem 0.9rem; border: 1px solid var(--line); border-radius: 0.5rem; background: transparent; color: var(--accent); cursor: pointer; }
pre { margin: 0; padding: 0.9rem; min-height: 6rem; border: 1px solid var(--line); border-left-width: 4px; border-radius: 0.5rem; background: var(--ground); font: 0.85rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.good { border-left-color: light-dark(#1a7f42, #6bd08f); }
pre.bad { border-left-color: light-dark(#b3202c, #ff8d8d); }
`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const file = (type, text) => () =>
  new Response(text, { headers: { "content-type": type, "content-security-policy": POLICY } });

/** The page and what it is made of, by path. */
export const page = {
  "/": file("text/html; charset=utf-8", html),
  "/style.css": file("text/css", style),
  "/try.js": file("text/javascript", script),
};
