/** P-256, or RSA for those who must: making an RSA key takes a hundred times as long. */
export const keyTypes = ['ecdsa', 'rsa'] as const;
export type KeyType = (typeof keyTypes)[number];
