// A store of another process, over HTTP: [method, key, value, lifetime] there, the answer or the error back.

/** The side of the process that has the store. */
export async function answer(store, request) {
  try {
    const [method, ...args] = await request.json();
    return Response.json({ value: (await store[method](...args)) ?? null });
  } catch (error) {
    return Response.json({ error: { name: error.name, message: error.message } });
  }
}

/** The other side. */
export function remoteStore(url, { atomic }) {
  const call = async (...args) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(args) });
    const { error, value } = await response.json();
    if (error) throw Object.assign(new Error(error.message), { name: error.name });
    return value;
  };
  return {
    get: (key) => call("get", key),
    set: (key, value, lifetime) => call("set", key, value, lifetime),
    delete: (key) => call("delete", key),
    ...(atomic && { add: (key, value, lifetime) => call("add", key, value, lifetime) }),
  };
}
