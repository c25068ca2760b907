// The pages. Whatever comes from outside is escaped.

const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Who it is, in the words of either provider. */
export function profile({ issuer, subject, user }) {
  if (issuer === "https://github.com") {
    return { provider: "GitHub", name: user.name ?? user.login ?? subject, avatar: user.avatar_url };
  }
  const avatar = user.avatar && `https://cdn.discordapp.com/avatars/${subject}/${user.avatar}.png`;
  return { provider: "Discord", name: user.global_name ?? user.username ?? subject, avatar };
}

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
<nav aria-label="Pages"><a href="/">Home</a> <a href="/me">Me</a> <a href="/members">Members</a></nav>
${session ? '<form method="post" action="/auth/logout"><button>Sign out</button></form>' : ""}
</header>
<main id="content" tabindex="-1">
<h1>${escape(title)}</h1>
${content}
</main>
</body>
</html>`;

/** The sign-in goes through a form, which a browser's prefetch leaves alone. */
const button = (client, name, returnTo = "/me") => `<form action="/auth/login">
<input type="hidden" name="client" value="${client}"><input type="hidden" name="return_to" value="${returnTo}">
<button>Sign in with ${name}</button>
</form>`;

export const homePage = (session) =>
  session
    ? layout(`Hello, ${profile(session).name}`, session, '<p>Who you are is on <a href="/me">a page</a>.</p>')
    : layout(
        "Hello",
        session,
        `<p>Sign in with an account that you have.</p>
<div class="providers">
${button("discord", "Discord")}
${button("github", "GitHub")}
</div>`,
      );

export function aboutPage(session) {
  const { provider, name, avatar } = profile(session);
  return layout(
    name,
    session,
    `<dl>
<dt>Signed in by</dt><dd>${provider}</dd>
<dt>Identifier there</dt><dd>${escape(session.subject)}</dd>
<dt>Picture</dt><dd>${escape(avatar ?? "none")}</dd>
</dl>`,
  );
}

export const membersPage = (session) =>
  layout("Members", session, "<p>You may delete the messages of others: you are a moderator.</p>");

/** A refusal, with the way on where a sign-in by Discord may help. */
export const messagePage = (session, message, returnTo) =>
  layout(message, session, returnTo ? button("discord", "Discord", returnTo) : "");
