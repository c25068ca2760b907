/** A module of one function, which makes a vector. */
const VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11];

/** Whether the engine has WebAssembly's SIMD. Without, it refuses every module that has some. */
export const hasSimd = (): boolean => WebAssembly.validate(new Uint8Array(VECTOR));
