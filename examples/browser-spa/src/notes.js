// The API of this example, as the page asks it. What goes wrong is an error with a code.

const failure = (code, message) => Object.assign(new Error(message), { code });

async function ask(auth, init) {
  const response = await auth.fetch("/api/notes", init).catch((error) => {
    throw error instanceof TypeError ? failure("network", "the API cannot be reached") : error;
  });
  if (response.ok) return response.json();
  throw failure(`http_${response.status}`, `the API answered with ${response.status}`);
}

export const list = (auth) => ask(auth);
export const add = (auth, text) => ask(auth, { method: "POST", body: text });
