/**
 * What is done once for a request, however many guards it passes: that of a router, say, and that of a handler behind it.
 *
 * Requests are told apart as objects, so that nothing is known of another one with the same content.
 */
export class PerRequest<T> {
  readonly #known = new WeakMap<object, { readonly key: string; readonly result: Promise<T> }>();

  /** @param key What else has to be the same. */
  once(request: object, key: string, run: () => Promise<T>): Promise<T> {
    const known = this.#known.get(request);
    if (known?.key === key) return known.result;
    const result = run();
    this.#known.set(request, { key, result });
    return result;
  }
}
