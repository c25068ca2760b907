// What a person can do about an error.

const REMEDIES = {
  authorization_error: ["You are not signed in", "The sign-in was cancelled or refused. You can try again."],
  transaction_expired: ["That took too long", "A sign-in has ten minutes. Please begin again."],
  state_mismatch: ["This sign-in is over", "Its page was opened twice or in another browser. Please begin again."],
  storage_unavailable: [
    "Your browser keeps nothing for this page",
    "Allow cookies and site data for it in the settings of the browser, then reload the page.",
  ],
  server_unavailable: ["The sign-in service cannot be reached", "Check your connection, and try again in a moment."],
  refresh_unavailable: ["The sign-in service cannot be reached", "You are still signed in. Try again in a moment."],
  session_ended: ["You have been signed out", "Sign in again to go on. You come back to this page."],
  core_unavailable: ["A part of this page is missing", "Reload the page. An extension may have kept it from loading."],
  network: ["Your notes cannot be reached", "Check your connection, and try again."],
  http_401: ["The notes do not accept this sign-in", "Sign out, and sign in again."],
  http_403: ["You may not do this", "Ask whoever runs these notes for the right to."],
};

const OTHER = ["Something went wrong", "Try again. If it stays, tell whoever runs this page the code below."];

/** A title, a remedy, and the code for whoever is asked for help. */
export function remedyOf(error) {
  const code = typeof error?.code === "string" ? error.code : "unknown";
  const [title, remedy] = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : OTHER;
  return { title, remedy, code };
}
