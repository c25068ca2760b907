import { check } from "./check.js";

export default {
  async fetch() {
    return new Response(await check());
  },
};
