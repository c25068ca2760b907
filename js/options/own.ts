/** The same members without a prototype, so that what is absent stays absent whatever `Object.prototype` has. */
export function bare<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as object, members);
}

/** Plain data out of JSON, {@link bare} all the way down. */
export function parseBare(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? bare(value) : value,
  );
}

/** Freezes what came out of JSON, all the way down. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}

/** A member of the object's own, or `undefined`. */
export function own<T extends object, Name extends keyof T>(object: T, name: Name): T[Name] | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
