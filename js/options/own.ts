/** The same members without a prototype, so that what is absent stays absent whatever `Object.prototype` has. */
export function withoutPrototype<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as object, members);
}

/** Plain data out of JSON, {@link withoutPrototype} all the way down. */
export function parseWithoutPrototypes(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? withoutPrototype(value) : value,
  );
}

/** Freezes what came out of JSON, all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}

/** An own property of the object, or `undefined`. */
export function ownProperty<T extends object, Name extends keyof T>(object: T, name: Name): T[Name] | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
