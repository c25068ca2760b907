/** A module with nothing but the type of a function that takes a vector. */
const VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 123, 0];

/** Whether the engine has WebAssembly's SIMD. Without, it refuses every module that has some. */
export const hasSimd = (): boolean => WebAssembly.validate(new Uint8Array(VECTOR));
