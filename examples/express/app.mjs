// An application of Express: pages for whoever has signed in, and an API for programs with a token.

import { guarded } from "countersign/express";
import { createGuard } from "countersign/guard";
import { memoryStore } from "countersign/stores";
import { createClient, createWebAuth } from "countersign/web";
import express from "express";

import { homePage, notesPage } from "./pages.mjs";
import { sessions, signIn } from "./sessions.mjs";

export function createApplication({ ORIGIN, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET, API }) {
  const auth = createWebAuth({
    origin: ORIGIN,
    client: createClient({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
      scope: "openid profile",
    }),
    secrets: [COOKIE_SECRET],
    store: memoryStore(), // Of one process. For several there are others, `redisStore` say.
  });
  const guard = createGuard({ issuer: ISSUER, audience: API });
  /** Notes by issuer and subject: who it is takes both. */
  const notes = new Map();
  const notesOf = ({ issuer, subject }) => notes.get(JSON.stringify([issuer, subject])) ?? [];

  const app = express();
  app.disable("x-powered-by");
  app.use(sessions(auth, ORIGIN));
  app.use((req, res, next) => {
    // What is for one user, no cache in between may have. A response with cookies says so already, and more strictly.
    res.vary("Cookie");
    if (req.signedIn && !res.get("cache-control")) res.set("cache-control", "private, no-store");
    // After the form that signs out, the browser goes on to the issuer.
    const policy = `default-src 'none'; img-src data:; form-action 'self' ${new URL(ISSUER).origin}; base-uri 'none'; frame-ancestors 'none'`;
    res.set({ "content-security-policy": policy, "x-content-type-options": "nosniff" });
    next();
  });

  app.get("/", (req, res) => {
    res.send(homePage(req.signedIn));
  });

  app.get("/notes", async (req, res) => {
    if (req.signedIn) res.send(notesPage(req.signedIn, notesOf(req.signedIn)));
    else await signIn(auth, ORIGIN, req, res);
  });

  app.post("/notes", express.urlencoded({ limit: "4kb" }), async (req, res) => {
    if (!req.signedIn) return signIn(auth, ORIGIN, req, res);
    const { issuer, subject } = req.signedIn;
    const text = String(req.body?.text ?? "")
      .trim()
      .slice(0, 200);
    if (text !== "") notes.set(JSON.stringify([issuer, subject]), [...notesOf(req.signedIn), text].slice(-20));
    res.redirect(303, "/notes");
  });

  app.get("/api/notes", guarded(guard, { scope: "notes:read" }), (req, res) => {
    res.json({ subject: req.auth.subject, notes: notesOf(req.auth) });
  });

  app.use((_, res) => {
    res.status(404).type("text").send("There is no such page.");
  });
  // What a client has sent that is no request is its own mistake; all else is ours, and for the log alone.
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    const status = error.status ?? 500;
    if (status >= 500) console.error(error);
    res
      .status(status)
      .type("text")
      .send(status === 503 ? "Try again later." : "This did not work.");
  });
  return app;
}
