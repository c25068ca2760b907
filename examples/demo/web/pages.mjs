// The pages. Whatever comes from outside is escaped.

const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const layout = (title, host, session, content) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<a href="/">An application on ${escape(host)}</a>
${session ? '<form method="post" action="/auth/logout"><button>Sign out</button></form>' : '<a class="button" href="/login">Sign in</a>'}
</header>
<main>
<h1>${escape(title)}</h1>
${content}
</main>
</body>
</html>`;

export const homePage = (host, session, apis) =>
  layout(
    session ? `Hello, ${session.user.name ?? session.subject}` : "Hello",
    host,
    session,
    `<p>${session ? "You are signed in. Your access token is sealed in a cookie that this application alone can read." : "Sign in at the provider: any name and any password will do."}</p>
<ul>
${apis.map((name) => `<li><a href="/ask?api=${escape(name)}">Ask ${escape(name)}</a></li>`).join("\n")}
</ul>`,
  );

export const answerPage = (host, session, { name, status, body }) =>
  layout(
    `${name} answers ${status}`,
    host,
    session,
    `<pre tabindex="0">${escape(body)}</pre>
<p><a href="/">Back</a></p>`,
  );

export const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7fa, #10131a);
  --surface: light-dark(#ffffff, #191d27);
  --line: light-dark(#d9deea, #303748);
  --text: light-dark(#1a2030, #e7eaf1);
  --accent: light-dark(#1f4fc9, #8db0ff);
  --on-accent: light-dark(#ffffff, #0b1120);
  font: 1rem/1.6 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: clamp(1rem, 4vw, 2rem); background: var(--ground); color: var(--text); }
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; }
main { margin-top: 1.5rem; padding: clamp(1rem, 4vw, 2rem); background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.2; }
a { color: var(--accent); }
button, .button { font: inherit; padding: 0.45rem 1rem; border: 1px solid transparent; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
form button { background: transparent; color: var(--accent); border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { overflow-wrap: anywhere; }
pre { padding: 0.9rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--ground); white-space: pre-wrap; overflow-wrap: anywhere; }
`;
