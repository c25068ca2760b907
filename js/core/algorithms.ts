/** How `node:crypto` is told about an algorithm. */
export interface NodeParameters {
  readonly hash: string | null;
  readonly padding?: "pss";
  readonly saltLength?: number;
  readonly dsaEncoding?: "ieee-p1363";
}

/** How WebCrypto is told about an algorithm. */
export interface WebCryptoParameters {
  readonly import: { readonly name: string };
  readonly verify: { readonly name: string };
}

/** One line of the core's table of algorithms, without a prototype: most rows lack most parameters. */
export interface AlgorithmEntry {
  readonly name: string;
  readonly node: NodeParameters | null;
  readonly webcrypto: WebCryptoParameters | null;
}
