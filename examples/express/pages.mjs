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
</head>
<body>
<header>
<nav aria-label="Pages"><a href="/">Home</a> <a href="/notes">Notes</a></nav>
${session ? '<form method="post" action="/auth/logout"><button>Sign out</button></form>' : ""}
</header>
<main>
<h1>${escape(title)}</h1>
${content}
</main>
</body>
</html>`;

export const homePage = (session) =>
  layout(
    session ? `Hello, ${session.user.name ?? session.subject}` : "Hello",
    session,
    '<p><a href="/notes">The notes</a> are for whoever has signed in.</p>',
  );

export const notesPage = (session, notes) =>
  layout(
    `Notes of ${session.user.name ?? session.subject}`,
    session,
    `<ul>${notes.map((note) => `<li>${escape(note)}</li>`).join("")}</ul>
<form method="post" action="/notes">
<label for="text">Another note</label>
<input id="text" name="text" maxlength="200" required autocomplete="off"><button>Add</button>
</form>`,
  );
