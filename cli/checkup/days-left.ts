import type { X509Certificate } from 'node:crypto';

/** Days from which on an end is near. */
export const tooFew = 30;

/** Whole days until a certificate ends; negative: it has ended. `now`: milliseconds since 1970. */
export function daysLeft({ validTo }: Pick<X509Certificate, 'validTo'>, now: number): number {
  return Math.floor((Date.parse(validTo) - now) / 86_400_000);
}
