// The application in a Worker. It is made by the first request of an isolate, which is when Workers have their variables.

import { createApplication } from "./app.mjs";

let application;

export default {
  fetch: (request, env) => (application ??= createApplication({ HOST: "workerd", ...env }))(request),
};
