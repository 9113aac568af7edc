/** How much of a lifetime the jitter spreads renewals over: streams that began together don't renew together. */
const jitter = 0.1;

/** When to renew a certificate that was issued at `issuedAt`: at two thirds of what it had left then, or up to a tenth of it earlier. Milliseconds. */
export function renewalTime(issuedAt: number, notAfter: number, random: () => number): number {
  const lifetime = Math.max(notAfter - issuedAt, 0);
  return issuedAt + (lifetime * 2) / 3 - lifetime * jitter * random();
}

/** When to renew after another CA has begun to sign: within a tenth of what the certificate has left, and a minute. Milliseconds. */
export function reissueTime(now: number, notAfter: number, random: () => number): number {
  return now + random() * Math.min(60_000, Math.max(notAfter - now, 0) / 10);
}
