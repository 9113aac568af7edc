import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCaFolder } from '../../server/certificates/ca-folder.ts';
import { type InternalCa, openInternalCA } from '../../server/certificates/internal-ca.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import type { SecretEvents } from '../../server/secrets/secret-events.ts';
import type { StreamSecrets } from '../../server/secrets/secret-service.ts';
import { createSecretService, type WorkloadSecrets } from '../../server/secrets/workload-secrets.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { inFolder } from './in-folder.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { type TrackedIssuer, trackedIssuer } from './tracked-issuer.ts';

const identity = 'spiffe://cluster.local/ns/bookstore/sa/bookbuyer';
const hour = 3_600_000;
const day = 24 * hour;

interface Setting {
  readonly clock: TestClock;
  readonly ca: InternalCa;
  readonly issuer: TrackedIssuer;
  readonly service: WorkloadSecrets;
}

async function inService(events: SecretEvents, use: (setting: Setting) => Promise<void>, lifetimeSeconds?: number): Promise<void> {
  const clock = createTestClock();
  const root = await makeRoot('ecdsa', 3650, clock);
  await inFolder(async (folder) => {
    await createCaFolder(folder, root, 'ecdsa');
    const ca = await openInternalCA(folder, clock);
    const issuer = trackedIssuer(ca);
    const service = createSecretService(issuer, clock, { events, ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds: () => lifetimeSeconds }) });
    try {
      await use({ clock, ca, issuer, service });
    } finally {
      service.close();
      ca.close();
    }
  });
}

/** The PEM blocks in a secret, by their label. */
function blocks(secrets: StreamSecrets, name: string): readonly { readonly label: string; readonly text: string }[] {
  const text = Buffer.from(secrets.current().get(name)?.any ?? []).toString('latin1');
  return [...text.matchAll(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n/g)].map(([block, label = '']) => ({ label, text: block }));
}

const leafOf = (secrets: StreamSecrets): X509Certificate => new X509Certificate(blocks(secrets, 'workload-certificate')[0]?.text ?? '');

test("a stream has a key pair of its own, and the roots; versions are digests of what isn't secret", async () => {
  await inService({}, async ({ ca, service }) => {
    const [first, second] = [await service.open(identity, () => {}), await service.open(identity, () => {})];
    assert.equal([...first.current().keys()].sort(), ['trust-bundle', 'workload-certificate']);
    assert.is(first.current().get('trust-bundle'), second.current().get('trust-bundle'));
    assert.not(leafOf(first).publicKey.equals(leafOf(second).publicKey));
    assert.equal(blocks(first, 'workload-certificate').map(({ label }) => label), ['CERTIFICATE', 'PRIVATE KEY']);
    assert.equal(blocks(first, 'trust-bundle').map(({ text }) => text).join(''), ca.trustBundle());
    const [chain, key] = blocks(first, 'workload-certificate');
    assert.ok(leafOf(first).checkPrivateKey(createPrivateKey(key?.text ?? '')));
    const resource = first.current().get('workload-certificate');
    assert.is(resource?.version, `sha256:${createHash('sha256').update(chain?.text ?? '').digest('hex')}`);
    assert.match(Buffer.from(resource?.any ?? []).toString('latin1'), `type.googleapis.com/${messageNames.secret}`);
    assert.equal(resource?.sources, []);
  });
});

test('when a stream ends its key is overwritten, and nothing waits for it any more', async () => {
  await inService({}, async ({ clock, issuer, service }) => {
    const changes: string[] = [];
    const secrets = await service.open(identity, (names) => changes.push(...names));
    const bytes = secrets.current().get('workload-certificate')?.any;
    secrets.close();
    assert.ok(bytes?.every((byte) => byte === 0));
    assert.is(secrets.current().size, 0);
    assert.is(clock.waiting(), 0);
    await clock.advance(10 * day, issuer.idle);
    assert.equal(changes, []);
    assert.is(issuer.calls, 1);
    secrets.close();
  });
});

test('a certificate that arrives after the end of its stream is dropped', async () => {
  await inService({}, async ({ clock, issuer, service }) => {
    const secrets = await service.open(identity, () => assert.unreachable());
    await clock.advance(17 * hour, async () => secrets.close());
    await issuer.idle();
    assert.is(issuer.calls, 2);
    assert.is(secrets.current().size, 0);
    assert.is(clock.waiting(), 0);
  });
});

test('a hundred days with many streams: every certificate is renewed in time, one after the other, and none is forgotten', async () => {
  const renewals: { readonly identity: string; readonly at: number }[] = [];
  let clockNow = (): number => 0;
  const events: SecretEvents = { issued: (who, _, reason) => reason === 'renewed' && renewals.push({ identity: who, at: clockNow() }), failed: () => assert.unreachable() };
  await inService(events, async ({ clock, issuer, service }) => {
    clockNow = clock.now;
    const count = 40;
    const seen = new Map<StreamSecrets, Set<string>>();
    let told = 0;
    const streams = await Promise.all(Array.from({ length: count }, async (_, index) => service.open(`${identity}-${index}`, () => (told += 1))));
    const check = (): void => {
      for (const secrets of streams) {
        const left = (service.certificateUntil(secrets) ?? 0) - clock.now();
        // Renewed at two thirds at the latest, so a third is left.
        assert.ok(left >= day / 3 - 1000, `${left} ms left`);
        seen.set(secrets, (seen.get(secrets) ?? new Set()).add(secrets.current().get('workload-certificate')?.version ?? ''));
      }
    };
    for (let passed = 0; passed < 100; passed += 1) {
      for (let quarter = 0; quarter < 4; quarter += 1) {
        await clock.advance(day / 4, issuer.idle);
        check();
      }
    }
    const times = [...seen.values()].map(({ size }) => size);
    // Two thirds of a day at most, 0.567 at least, from one to the next.
    assert.ok(times.every((size) => size >= 150 && size <= 177), String(times));
    assert.is(told, renewals.length);
    assert.is(clock.waiting(), count);
    for (const secrets of streams) {
      const leaf = leafOf(secrets);
      assert.ok(Date.parse(leaf.validFrom) <= clock.now() && clock.now() < Date.parse(leaf.validTo));
    }
    // Jitter spreads what began at one moment.
    const late = renewals.filter(({ at }) => at > clock.now() - day / 2);
    assert.ok(new Set(late.map(({ at }) => Math.floor(at / 60_000))).size > count / 2);
  });
});

test('an issuer that fails for hours is asked again and again, ever more seldom, and each failure is told', async () => {
  const failures: { readonly attempt: number; readonly retryIn: number; readonly until: number | undefined }[] = [];
  const events: SecretEvents = { failed: (_, error, attempt, retryIn, until) => (assert.match(String(error), 'no power'), failures.push({ attempt, retryIn, until })) };
  await inService(events, async ({ clock, issuer, service }) => {
    let told = 0;
    const secrets = await service.open(identity, () => (told += 1));
    const [version, until] = [secrets.current().get('workload-certificate')?.version, service.certificateUntil(secrets)];
    issuer.fault = async () => Promise.reject(new Error('no power'));
    await clock.advance(22 * hour, issuer.idle);
    assert.is(told, 0);
    assert.is(secrets.current().get('workload-certificate')?.version, version);
    assert.ok(failures.length > 5 * 60 && failures.length < 17 * 60, String(failures.length));
    assert.equal(failures.slice(0, 3).map(({ attempt }) => attempt), [1, 2, 3]);
    assert.ok(failures.every(({ attempt, retryIn }) => retryIn >= Math.min(500 * 2 ** (attempt - 1), 30_000) && retryIn <= Math.min(1000 * 2 ** (attempt - 1), 60_000)));
    assert.ok(failures.every((failure) => failure.until === until));
    issuer.fault = undefined;
    await clock.advance(hour, issuer.idle);
    assert.is(told, 1);
    assert.ok((service.certificateUntil(secrets) ?? 0) > clock.now() + 22 * hour);
    assert.is(clock.waiting(), 1);
  });
});

test('a stream that opens while nothing can be issued has the roots, and its certificate as soon as there is one', async () => {
  await inService({}, async ({ clock, issuer, service }) => {
    issuer.fault = async () => Promise.reject(new Error('no power'));
    const told: (readonly string[])[] = [];
    const secrets = await service.open(identity, (names) => told.push(names));
    assert.equal([...secrets.current().keys()], ['trust-bundle']);
    assert.is(service.status().withoutCertificate, 1);
    await clock.advance(2 * day, issuer.idle);
    assert.equal(told, []);
    issuer.fault = undefined;
    await clock.advance(60_000, issuer.idle);
    assert.equal(told, [['workload-certificate']]);
    assert.equal([...secrets.current().keys()].sort(), ['trust-bundle', 'workload-certificate']);
  });
});

test('an issuer that never answers is asked again, and a late answer is taken', async () => {
  const failures: string[] = [];
  await inService({ failed: (_, error) => failures.push(String(error)) }, async ({ clock, issuer, service, ca }) => {
    const secrets = await service.open(identity, () => {});
    const before = service.certificateUntil(secrets) ?? 0;
    issuer.fault = async () => new Promise<never>(() => {});
    await clock.advance(17 * hour, issuer.idle);
    assert.match(failures[0] ?? '', 'no answer from the issuer in 300 seconds');
    issuer.fault = undefined;
    await clock.advance(600_000, issuer.idle);
    assert.ok((service.certificateUntil(secrets) ?? 0) > before);
    // Late: the answer to a call comes after it was given up, before the next one's.
    let answer = (): void => {};
    issuer.fault = async () => new Promise<never>((resolve) => (answer = () => resolve(ca.issue({ identity, lifetimeSeconds: 30 * 86_400 }) as Promise<never>)));
    failures.length = 0;
    while (failures.length === 0) {
      await clock.advance(hour, issuer.idle);
    }
    answer();
    for (let wait = 0; wait < 100 && (service.certificateUntil(secrets) ?? 0) < clock.now() + 20 * day; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok((service.certificateUntil(secrets) ?? 0) > clock.now() + 20 * day);
    assert.is(clock.waiting(), 1);
  });
});

test('a certificate that the old CA signed while another took over is replaced within a minute', async () => {
  await inService({}, async ({ clock, ca, issuer, service }) => {
    // It has signed already, and answers only when the other CA signs.
    issuer.fault = async () => {
      issuer.fault = undefined;
      const answer = await ca.issue({ identity, lifetimeSeconds: 86_400 });
      issuer.issuerId = () => 'new';
      return answer as never;
    };
    const secrets = await service.open(identity, () => {});
    const before = secrets.current().get('workload-certificate')?.version;
    await clock.advance(60_000, issuer.idle);
    assert.is.not(secrets.current().get('workload-certificate')?.version, before);
  });
});

test('no event holds a key', async () => {
  const told: unknown[] = [];
  const record = (...words: readonly unknown[]): void => void told.push(words);
  await inService({ issued: record, failed: record, changed: record }, async ({ clock, issuer, service }) => {
    const secrets = await service.open(identity, () => {});
    const key = blocks(secrets, 'workload-certificate').find(({ label }) => label === 'PRIVATE KEY')?.text.split('\n')[1] ?? '?';
    await clock.advance(day, issuer.idle);
    assert.ok(told.length >= 2);
    assert.not.match(JSON.stringify(told), key);
    assert.not.match(JSON.stringify([told, service.status()]), /PRIVATE KEY|BEGIN/);
  });
});

test.run();
