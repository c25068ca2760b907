/** The kind of an object of any realm, which `instanceof` would only know in its own. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
