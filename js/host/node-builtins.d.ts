/** The few things of Node that are used here, so that the rest of the code cannot come to depend on Node. */
declare module "node:crypto" {
  export function createPublicKey(key: { key: object; format: "jwk" }): object;
  export function verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
  export const constants: { readonly RSA_PKCS1_PSS_PADDING: number };
}
