// The page. Whatever comes from outside is escaped.

const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "private, no-store",
  vary: "Cookie",
};

const signedIn = ({ user, subject }) => `<header>
<form method="post" action="/auth/logout"><button>Sign out</button></form>
</header>
<main>
<h1>Hello, ${escape(user.name ?? subject)}</h1>
<p>You have signed in at the issuer. It has your password; this application has none.</p>
<ul>
<li><a href="/items">Items</a>, by the API</li>
<li><a href="/users/me">Who you are</a>, by the session</li>
</ul>
</main>`;

const welcome = `<main>
<h1>Hello</h1>
<p>There is no form for a password here: you sign in at the issuer, and come back.</p>
<form action="/login"><button>Sign in</button></form>
</main>`;

export const page = (session) =>
  new Response(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Items</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
${session ? signedIn(session) : welcome}
</body>
</html>`,
    { headers: HEADERS },
  );
