import { texts, type Reader } from "./readers.js";

/** Origins, as `URL` writes addresses. */
export const origins: Reader<readonly string[]> = (value, label) =>
  texts(value, label).map((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (url?.href === `${url?.origin}/`) return url.href;
    throw new TypeError(`${label} must have origins, e.g. "https://api.example"`);
  });
