/** The smallest module there is: where it is refused, any is. */
const EMPTY = [0, 97, 115, 109, 1, 0, 0, 0];

/** Whether this host lets code compile wasm: a page's Content-Security-Policy may forbid it, and some hosts do. */
export function mayCompile(): boolean {
  try {
    new WebAssembly.Module(new Uint8Array(EMPTY));
    return true;
  } catch {
    return false;
  }
}
