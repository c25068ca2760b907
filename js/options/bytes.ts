const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** Asks the array's own internals, which know even where it comes from another realm, and cannot be made to lie. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Reflect.get(typedArray, Symbol.toStringTag, value) === "Uint8Array";
}

/** Asks the internals again: `length` may be anything on a subclass. */
export function lengthOf(bytes: Uint8Array): number {
  return Reflect.get(typedArray, "length", bytes) as number;
}
