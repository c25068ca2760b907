// The pages. Whatever comes from outside is escaped.

const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const layout = (title, session, content) => `<!doctype html>
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
<a class="skip" href="#content">Skip to the content</a>
<header>
<nav aria-label="Pages"><a href="/">Home</a> <a href="/notes">Notes</a></nav>
${session ? signedIn(session) : '<a class="button" href="/auth/login?return_to=%2Fnotes">Sign in</a>'}
</header>
<main id="content" tabindex="-1">
<h1>${escape(title)}</h1>
${content}
</main>
</body>
</html>`;

const signedIn = ({ user, subject }) => `<form class="user" method="post" action="/auth/logout">
<span>${escape(user.name ?? subject)}</span>
<button>Sign out</button>
</form>`;

export const homePage = (session, problem) =>
  layout(
    problem ?? (session ? `Hello, ${session.user.name ?? session.subject}` : "Hello"),
    session,
    session
      ? '<p>You are signed in. Your notes are on <a href="/notes">their own page</a>.</p>'
      : '<p>This page is for everybody. <a href="/notes">The notes</a> are for whoever has signed in: go there, and come back to them after the sign-in.</p>',
  );

export function notesPage(session) {
  const notes = session.data.notes ?? [];
  const list =
    notes.length === 0
      ? "<p>There are none yet.</p>"
      : `<ul>${notes.map((note) => `<li>${escape(note)}</li>`).join("")}</ul>`;
  const end = new Date(session.expiresAt * 1000).toISOString().replace("T", " ").slice(0, 16);
  return layout(
    "Notes",
    session,
    `${list}
<form method="post" action="/notes">
<label for="text">Another note</label>
<div class="row"><input id="text" name="text" maxlength="200" required autocomplete="off"><button>Add</button></div>
</form>
<dl>
<dt>Signed in as</dt><dd>${escape(session.subject)}</dd>
<dt>By</dt><dd>${escape(session.issuer)}</dd>
<dt>Until, without another visit</dt><dd><time>${end} UTC</time></dd>
</dl>`,
  );
}

export const style = `:root {
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
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; }
nav { display: flex; gap: 1.25rem; }
main { margin-top: 1.5rem; padding: clamp(1rem, 4vw, 2rem); background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; outline: none; }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.2; }
a { color: var(--accent); }
.user { display: flex; gap: 0.75rem; align-items: center; }
button, .button { font: inherit; padding: 0.45rem 1rem; border: 1px solid transparent; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
.user button { background: transparent; color: var(--accent); border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
.row { display: flex; gap: 0.5rem; }
input { flex: 1; min-width: 0; font: inherit; padding: 0.45rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--ground); color: inherit; }
li, dd { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1rem; margin: 1.5rem 0 0; color: var(--quiet); font-size: 0.9rem; }
dd { margin: 0; color: var(--text); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: 0.5rem; background: var(--surface); }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.5rem; } }
`;
