/** What engines have since 2025. */
type FromBase64 = (text: string) => Uint8Array<ArrayBuffer>;

/** Decodes the base64 of a whole artifact: by a loop, since `Uint8Array.from` takes tens of milliseconds for one. */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: FromBase64 };
  if (typeof fromBase64 === "function") return fromBase64.call(Uint8Array, base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
