// ISSUER=https://tenant.example/ CLIENT_ID=… CLIENT_SECRET=… COOKIE_SECRET=… API=https://api.example node server.mjs
import { createApplication } from "./app.mjs";

const { PORT = "3000", ORIGIN = `http://127.0.0.1:${PORT}` } = process.env;
createApplication({ ...process.env, ORIGIN }).listen(Number(PORT), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`${ORIGIN}/`);
});
