import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertificateRequest, Clock, IssuedCertificate, Issuer } from '../../server/certificates/issuer.ts';
import { createLog } from '../../server/log.ts';
import { openServerCertificate, type ServerCertificate } from '../../server/tls/server-certificate.ts';

const skew = 300_000;

/** A clock that goes on only when it is told to, and an issuer that says what is asked of it. */
function setting(): { readonly clock: Clock; pass(milliseconds: number): Promise<void>; readonly issuer: Issuer; readonly issued: number[]; change(id: string): void; fails(yes: boolean): void } {
  let now = 1e12;
  let id = 'first';
  let failing = false;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  const listeners = new Set<() => void>();
  const issued: number[] = [];
  const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    clock: {
      now: () => now,
      at(at, action) {
        const timer = { at, action };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    async pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) {
          break;
        }
        timers.delete(next);
        now = Math.max(now, next.at);
        next.action();
      }
      now = end;
    },
    issuer: {
      async issue({ lifetimeSeconds }: CertificateRequest): Promise<IssuedCertificate> {
        issued.push(now);
        if (failing) {
          throw new Error('the CA is away');
        }
        return { chain: `chain ${issued.length}`, privateKey: 'key', notBefore: now - skew, notAfter: now + lifetimeSeconds * 1000, serial: '00', issuerId: id };
      },
      trustBundle: () => `roots ${id}`,
      issuerId: () => id,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    issued,
    change(next) {
      id = next;
      listeners.forEach((listener) => listener());
    },
    fails: (yes) => (failing = yes),
  };
}

async function open(world: ReturnType<typeof setting>, lifetimeSeconds: number, lines: string[] = []): Promise<ServerCertificate & { readonly changes: () => number }> {
  let changes = 0;
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const certificate = await openServerCertificate(world.issuer, { identity: 'spiffe://a/b', lifetimeSeconds }, world.clock, log, () => (changes += 1));
  return { ...certificate, changes: () => changes };
}

test('a hundred days of renewal, each in time and none too often', async () => {
  const world = setting();
  const certificate = await open(world, 86_400);
  for (let hour = 0; hour < 2400; hour += 1) {
    await world.pass(3_600_000);
    assert.ok(certificate.until() > world.clock.now() + 86_400_000 / 4);
  }
  assert.ok(world.issued.length > 140 && world.issued.length < 200, String(world.issued.length));
  assert.is(certificate.changes(), world.issued.length - 1);
  certificate.close();
  await world.pass(86_400_000 * 3);
  assert.is(certificate.changes(), world.issued.length - 1);
});

test('a lifetime that is shorter than the margin for clocks that differ', async () => {
  const world = setting();
  const certificate = await open(world, 60);
  await world.pass(600_000);
  assert.ok(world.issued.length > 10 && world.issued.length < 20, String(world.issued.length));
  certificate.close();
});

test('a CA that is away is asked again, more and more seldom, and the certificate stays', async () => {
  const [world, lines] = [setting(), [] as string[]];
  const certificate = await open(world, 3600, lines);
  world.fails(true);
  await world.pass(3_600_000);
  assert.ok(world.issued.length > 10 && world.issued.length < 60, String(world.issued.length));
  assert.is(certificate.credentials().chain, 'chain 1');
  assert.match(lines.join(''), "cannot renew the server's own certificate");
  world.fails(false);
  await world.pass(61_000);
  assert.ok(certificate.until() > world.clock.now());
  assert.not.match(lines.join(''), /chain|"key"/);
  certificate.close();
});

test('another CA: trusted at once, and a new certificate of it', async () => {
  const world = setting();
  const certificate = await open(world, 3600);
  world.change('second');
  assert.equal(certificate.credentials(), { chain: 'chain 1', privateKey: 'key', trustBundle: 'roots second' });
  await world.pass(1);
  assert.equal(certificate.credentials(), { chain: 'chain 2', privateKey: 'key', trustBundle: 'roots second' });
  // Two changes at once, while a certificate is being issued.
  world.change('third');
  world.change('fourth');
  await world.pass(1);
  assert.is(world.issued.length, 4);
  certificate.close();
});

test.run();
