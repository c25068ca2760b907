// The same screen in React. The sign-in is a store outside of it, as `useSyncExternalStore` wants it.
import { useEffect, useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { auth } from "./auth.js";
import { add, list } from "./notes.js";
import { remedyOf } from "./remedies.js";

function Alert({ error, label, onAction, kind = "" }) {
  const { title, remedy, code } = remedyOf(error);
  return (
    <div className={`alert ${kind}`} role="alert">
      <strong>{title}</strong>
      <p>{remedy}</p>
      {onAction && <button onClick={onAction}>{label}</button>}
      <code>{code}</code>
    </div>
  );
}

function Bar({ children }) {
  return (
    <header className="bar">
      <a className="brand" href="/">
        <img src="/icon.svg" alt="" width="28" height="28" />
        Notes
      </a>
      {children}
    </header>
  );
}

function Welcome({ error: first }) {
  const [error, setError] = useState(first);
  const login = () => auth.login().catch(setError);
  return (
    <>
      <Bar />
      <main>
        {error && <Alert error={error} />}
        <section className="card welcome">
          <h1>Notes that come along</h1>
          <p className="quiet">Sign in, and they are here, on every device of yours.</p>
          <button className="main" onClick={login}>
            Sign in
          </button>
        </section>
      </main>
    </>
  );
}

function Notes({ user: { name, email, sub }, ended }) {
  const called = name ?? email ?? sub;
  const [notes, setNotes] = useState();
  const [failure, setFailure] = useState();
  const [text, setText] = useState("");
  const attempt = async (ask) => {
    try {
      setNotes(await ask());
      setFailure(undefined);
      setText("");
    } catch (error) {
      // Of a session that is over, the snapshot tells.
      setFailure(error.code === "session_ended" ? undefined : { error, ask });
    }
  };
  useEffect(() => void attempt(() => list(auth)), []);
  const submit = (event) => {
    event.preventDefault();
    void attempt(() => add(auth, text));
  };
  return (
    <>
      <Bar>
        <div className="account">
          <span className="face" aria-hidden="true">
            {called[0].toUpperCase()}
          </span>
          <span className="who">
            <b>{called}</b>
            <small>{email ?? sub}</small>
          </span>
          <button onClick={() => auth.logout()}>Sign out</button>
        </div>
      </Bar>
      <main>
        <h1>Hello, {called}</h1>
        {ended && (
          <Alert error={{ code: "session_ended" }} kind="ended" label="Sign in again" onAction={() => auth.login()} />
        )}
        {failure && <Alert error={failure.error} label="Try again" onAction={() => attempt(failure.ask)} />}
        <section className="card">
          <h2>All notes</h2>
          <ul className="notes">
            {notes?.map((note, at) => <li key={at}>{note}</li>) ?? (
              <li className="quiet">Your notes are on their way …</li>
            )}
          </ul>
          <form onSubmit={submit}>
            <label>
              A new note
              <input
                value={text}
                onChange={(event) => setText(event.target.value)}
                required
                maxLength="200"
                autoComplete="off"
              />
            </label>
            <button className="main">Add</button>
          </form>
        </section>
      </main>
    </>
  );
}

function App() {
  const { user, ended, error } = useSyncExternalStore(auth.subscribe, auth.getSnapshot);
  return user ? <Notes user={user} ended={ended} /> : <Welcome error={error} />;
}

createRoot(document.querySelector("#app")).render(<App />);
