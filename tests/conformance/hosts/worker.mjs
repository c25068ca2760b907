// workerd.

import { conform } from "./conform.mjs";

export default {
  async fetch(_request, { HOST }) {
    return Response.json(await conform(HOST));
  },
};
