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
      : '<p><a href="/notes">The notes</a> are for whoever has signed in: go there, and come back to them after the sign-in.</p>',
  );

export const notesPage = (session, notes) =>
  layout(
    `Notes of ${session.user.name ?? session.subject}`,
    session,
    `${notes.length === 0 ? "<p>There are none yet.</p>" : `<ul>${notes.map((note) => `<li>${escape(note)}</li>`).join("")}</ul>`}
<form method="post" action="/notes">
<label for="text">Another note</label>
<div class="row"><input id="text" name="text" maxlength="200" required autocomplete="off"><button>Add</button></div>
</form>`,
  );
