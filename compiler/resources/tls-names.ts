/*
 * What Envoy's BoringSSL takes by name, as seen with Envoy 1.40: it refuses every listener and cluster for one other name.
 * Suites with pre-shared keys are left out: sidecars authenticate by certificate.
 */

/** Each suite by OpenSSL's name and by IANA's. */
const cipherSuites: readonly (readonly [string, string])[] = [
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  ['ECDHE-RSA-AES128-GCM-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['ECDHE-RSA-CHACHA20-POLY1305', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['ECDHE-ECDSA-AES128-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'],
  ['ECDHE-RSA-AES128-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'],
  ['ECDHE-ECDSA-AES128-SHA', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'],
  ['ECDHE-RSA-AES128-SHA', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
  ['ECDHE-ECDSA-AES256-SHA', 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA'],
  ['ECDHE-RSA-AES256-SHA', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'],
  ['AES128-GCM-SHA256', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
  ['AES256-GCM-SHA384', 'TLS_RSA_WITH_AES_256_GCM_SHA384'],
  ['AES128-SHA', 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  ['AES256-SHA', 'TLS_RSA_WITH_AES_256_CBC_SHA'],
  ['DES-CBC3-SHA', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
];

/** Names of cipher suites for TLS up to 1.2; those of TLS 1.3 can't be chosen. */
export const cipherSuiteNames: ReadonlySet<string> = new Set(cipherSuites.flat());

/** Each curve's names, by the name that stands for it. */
export const curveNames: ReadonlyMap<string, string> = new Map([
  ...['X25519', 'x25519'].map((name) => [name, 'X25519'] as const),
  ...['P-256', 'prime256v1'].map((name) => [name, 'P-256'] as const),
  ...['P-384', 'secp384r1'].map((name) => [name, 'P-384'] as const),
  ...['P-521', 'secp521r1'].map((name) => [name, 'P-521'] as const),
  ['X25519MLKEM768', 'X25519MLKEM768'],
]);

/** The suites that an entry of `cipherSuites` names: one, or several of equal preference as `[A|B]`. */
export function suitesIn(entry: string): readonly string[] {
  return entry.startsWith('[') && entry.endsWith(']') ? entry.slice(1, -1).split('|') : [entry];
}
