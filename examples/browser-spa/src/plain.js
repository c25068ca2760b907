// One screen, in plain JavaScript.
import { auth } from "./auth.js";
import { add, list } from "./notes.js";
import { remedyOf } from "./remedies.js";

/** An element. Texts stay texts. */
function h(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const app = document.querySelector("#app");
const main = app.querySelector("main");
const bar = app.querySelector(".bar");

/** An alert, and what to do about it. */
function alert(error, label, action, kind = "") {
  const { title, remedy, code } = remedyOf(error);
  return h(
    "div",
    { className: `alert ${kind}`, role: "alert" },
    h("strong", { textContent: title }),
    h("p", { textContent: remedy }),
    action && h("button", { textContent: label, onclick: action }),
    h("code", { textContent: code }),
  );
}

/** A button that waits for what it has begun, and says what went wrong. */
function button(label, className, begin, place) {
  const element = h("button", { textContent: label, className, type: "button" });
  element.onclick = async () => {
    element.disabled = true;
    try {
      await begin();
    } catch (error) {
      place.querySelector(".alert")?.remove();
      place.prepend(alert(error, "Try again", element.onclick));
    } finally {
      element.disabled = false;
    }
  };
  // The back button brings the page back as it was left.
  addEventListener("pageshow", () => {
    element.disabled = false;
  });
  return element;
}

const login = () => auth.login();

if (auth.user) showNotes(auth.user);
else showWelcome(auth.getSnapshot().error);

function showWelcome(error) {
  const welcome = h(
    "section",
    { className: "card welcome" },
    h("h1", { textContent: "Notes that come along" }),
    h("p", { className: "quiet", textContent: "Sign in, and they are here, on every device of yours." }),
  );
  main.replaceChildren(welcome);
  welcome.append(button("Sign in", "main", login, main));
  if (error) main.prepend(alert(error)); // The button to try again is below.
}

function showNotes({ name, email, sub }) {
  const called = name ?? email ?? sub;
  bar.append(
    h(
      "div",
      { className: "account" },
      h("span", { className: "face", textContent: called[0].toUpperCase(), ariaHidden: "true" }),
      h("span", { className: "who" }, h("b", { textContent: called }), h("small", { textContent: email ?? sub })),
      button("Sign out", "", () => auth.logout(), main),
    ),
  );
  const notes = h("ul", { className: "notes" });
  const input = h("input", { name: "text", required: true, maxLength: 200, autocomplete: "off" });
  const submit = h("button", { className: "main", textContent: "Add" });
  const form = h("form", {}, h("label", {}, "A new note", input), submit);
  const card = h("section", { className: "card" }, h("h2", { textContent: "All notes" }), notes, form);
  main.replaceChildren(h("h1", { textContent: `Hello, ${called}` }), card);

  const attempt = async (ask) => {
    main.querySelector(".alert:not(.ended)")?.remove();
    submit.disabled = true;
    try {
      const texts = await ask();
      notes.replaceChildren(...texts.map((text) => h("li", { textContent: text })));
      return true;
    } catch (error) {
      // Of a session that is over, the snapshot tells.
      if (error.code !== "session_ended") card.before(alert(error, "Try again", () => attempt(ask)));
      return false;
    } finally {
      submit.disabled = false;
    }
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (await attempt(() => add(auth, input.value))) input.value = "";
    input.focus();
  };
  auth.subscribe(() => {
    if (auth.getSnapshot().ended) card.before(alert({ code: "session_ended" }, "Sign in again", login, "ended"));
  });
  notes.append(h("li", { className: "quiet", textContent: "Your notes are on their way …" }));
  void attempt(() => list(auth));
}
