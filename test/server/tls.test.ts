import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { createLog } from '../../server/log.ts';
import { type ConnectionLimits, defaultConnectionLimits } from '../../server/tls/connection-counts.ts';
import type { Refusal } from '../../server/tls/refusal.ts';
import { type SecureListener, startSecureListener, type TlsCredentials } from '../../server/tls/secure-listener.ts';
import { readIdentity } from '../../server/tls/spiffe-identity.ts';
import { type Identity, makeTestCa, shiftedClock, type TestCa } from './support/test-ca.ts';

const td = 'cluster.local';
const buyer = `spiffe://${td}/ns/bookbuyer/sa/bookbuyer`;
const ca = await makeTestCa();
const foreign = await makeTestCa();

interface Setting {
  readonly listener: SecureListener;
  /** What was refused so far, and the lines of the log. */
  readonly refusals: Refusal[];
  readonly lines: string[];
  readonly accepted: TLSSocket[];
}

async function credentials(authority: TestCa): Promise<TlsCredentials> {
  const { cert, key } = await authority.issue(`spiffe://${td}/ns/smic-system/sa/smic`);
  return { chain: cert, privateKey: key, trustBundle: authority.issuer.trustBundle() };
}

async function listening(use: (setting: Setting) => Promise<void>, limits: Partial<ConnectionLimits> = {}): Promise<void> {
  const [refusals, lines, accepted]: [Refusal[], string[], TLSSocket[]] = [[], [], []];
  const listener = await startSecureListener({
    host: '127.0.0.1',
    port: 0,
    trustDomain: td,
    credentials: await credentials(ca),
    limits: { ...defaultConnectionLimits, ...limits },
    clock: systemClock,
    log: createLog('debug', { write: (line: string) => void lines.push(line) }),
    accept: (socket) => {
      accepted.push(socket);
      socket.write('welcome');
    },
    refused: (reason) => refusals.push(reason),
  });
  try {
    await use({ listener, refusals, lines, accepted });
  } finally {
    listener.stop();
    accepted.forEach((socket) => socket.destroy());
  }
}

/** What a client gets: the first bytes, or nothing when the connection ends without. */
async function greet({ port }: SecureListener, identity: Partial<Identity>, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined, rejectUnauthorized: false, ...identity, ...options });
  try {
    return await new Promise((resolve) => {
      socket.on('data', (bytes: Buffer) => resolve(bytes.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(''));
    });
  } finally {
    socket.destroy();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a certificate of the CA with one identity of the trust domain is let in, by TLS 1.2 and 1.3', async () => {
  await listening(async ({ listener, refusals, accepted }) => {
    const identity = await ca.issue(buyer);
    assert.is(await greet(listener, identity), 'welcome');
    assert.is(await greet(listener, identity, { maxVersion: 'TLSv1.2' }), 'welcome');
    assert.equal(refusals, []);
    await until(() => accepted.every(({ destroyed }) => destroyed) && listener.connections() === 0);
  });
});

const day = 86_400_000;
const uri = (name: string): string => `URI:${name}`;
const client = 'extendedKeyUsage=clientAuth';

const refused: Readonly<Record<string, readonly [Refusal, () => Identity | Partial<Identity> | Promise<Identity>, ConnectionOptions?]>> = {
  'no certificate': ['no-certificate', () => ({})],
  'no certificate, TLS 1.2': ['no-certificate', () => ({}), { maxVersion: 'TLSv1.2' }],
  'a certificate of another CA': ['foreign-certificate', () => foreign.issue(buyer)],
  'an expired certificate': ['expired-certificate', () => ca.issue(buyer, 60, shiftedClock(-240_000))],
  'a certificate of the future': ['expired-certificate', () => ca.issue(buyer, 3600, shiftedClock(day))],
  'another trust domain': ['wrong-trust-domain', () => ca.issue('spiffe://cluster.locale/ns/bookbuyer/sa/bookbuyer')],
  'no name': ['no-identity', () => ca.forge([client])],
  'a DNS name only': ['no-identity', () => ca.forge([client, 'subjectAltName=DNS:bookbuyer.bookbuyer.cluster.local'])],
  'a DNS name that looks like an identity': ['no-identity', () => ca.forge([client, 'subjectAltName=@names', '[names]', `DNS.1=a, URI:${buyer}`])],
  'two identities': ['several-identities', () => ca.forge([client, `subjectAltName=${uri(buyer)},${uri(`spiffe://${td}/ns/bookstore/sa/bookstore`)}`])],
  'a URI of another kind': ['malformed-identity', () => ca.forge([client, `subjectAltName=${uri(`https://${td}/ns/bookbuyer/sa/bookbuyer`)}`])],
  'an identity with a path trick': ['malformed-identity', () => ca.forge([client, `subjectAltName=${uri(`spiffe://${td}/ns/bookthief/../bookbuyer`)}`])],
  'a certificate for servers only': ['foreign-certificate', () => ca.forge(['extendedKeyUsage=serverAuth', `subjectAltName=${uri(buyer)}`])],
  'a CA': ['ca-certificate', () => ca.forge([client, 'basicConstraints=critical,CA:true', `subjectAltName=${uri(buyer)}`])],
  'no ALPN': ['no-http2', () => ca.issue(buyer), { ALPNProtocols: [] }],
  'another ALPN': ['no-http2', () => ca.issue(buyer), { ALPNProtocols: ['http/1.1'] }],
  'TLS 1.1': ['handshake-failed', () => ca.issue(buyer), { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
};

for (const [name, [reason, identity, options]] of Object.entries(refused)) {
  test(`${name} is refused`, async () => {
    await listening(async ({ listener, refusals, lines, accepted }) => {
      assert.is(await greet(listener, await identity(), options), '');
      await until(() => refusals.length > 0);
      assert.equal(refusals, [reason]);
      assert.is(accepted.length, 0);
      const [line = '{}'] = lines.filter((text) => text.includes('refused'));
      assert.is(JSON.parse(line).reason, reason);
      assert.match(JSON.parse(line).peer, /^127\.0\.0\.1:[1-9]\d*$/);
      assert.not.match(lines.join(''), 'PRIVATE KEY');
      // Others are served.
      assert.is(await greet(listener, await ca.issue(buyer)), 'welcome');
    });
  });
}

test('names that Node quotes are never taken apart', () => {
  assert.equal(readIdentity(`DNS:"a, URI:${buyer}"`, td), { fault: 'no-identity' });
  assert.equal(readIdentity(`DNS:a, URI:${buyer}`, td), { identity: buyer });
  assert.equal(readIdentity(`DNS:a, URI:${buyer}"`, td), { fault: 'malformed-identity' });
  assert.equal(readIdentity(`URI:${buyer}, URI:${buyer}`, td), { fault: 'several-identities' });
  assert.equal(readIdentity(undefined, td), { fault: 'no-identity' });
});

test('sessions are not resumed', async () => {
  await listening(async ({ listener }) => {
    const identity = await ca.issue(buyer);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      let session: Buffer | undefined;
      for (let round = 0; round < 3; round += 1) {
        const socket: TLSSocket = connect({ host: '127.0.0.1', port: listener.port, ALPNProtocols: ['h2'], rejectUnauthorized: false, maxVersion, ...identity, ...(session && { session }) });
        socket.on('session', (fresh) => (session = fresh));
        await once(socket, 'data');
        assert.is(socket.isSessionReused(), false, maxVersion);
        session = socket.getSession() ?? session;
        socket.destroy();
      }
    }
  });
});

test('a new certificate and trust bundle hold for new connections, and open ones stay', async () => {
  await listening(async ({ listener, accepted, refusals }) => {
    const old = await ca.issue(buyer);
    const kept = connect({ host: '127.0.0.1', port: listener.port, ALPNProtocols: ['h2'], rejectUnauthorized: false, ...old });
    await once(kept, 'data');
    listener.update(await credentials(foreign));
    const fresh = await foreign.issue(buyer);
    assert.is(await greet(listener, fresh, { rejectUnauthorized: true }), 'welcome');
    assert.is(await greet(listener, old), '');
    assert.equal(refusals, ['foreign-certificate']);
    accepted[0]?.write('still here');
    assert.is(String((await once(kept, 'data'))[0]), 'still here');
    kept.destroy();
  });
});

test('a connection ends with its certificate', async () => {
  await listening(async ({ listener, lines }) => {
    const short = await ca.issue(buyer, 2);
    const socket = connect({ host: '127.0.0.1', port: listener.port, ALPNProtocols: ['h2'], rejectUnauthorized: false, ...short });
    await once(socket, 'data');
    socket.on('error', () => {}).resume();
    await once(socket, 'close');
    assert.match(lines.join(''), 'its certificate has expired');
  });
});

test('whoever never finishes the handshake is sent away, and keeps nobody out', async () => {
  await listening(
    async ({ listener, refusals }) => {
      const silent = Array.from({ length: 3 }, () => connectTcp(listener.port, '127.0.0.1'));
      const closed = silent.map((socket) => once(socket.on('error', () => {}), 'close'));
      await until(() => refusals.length > 0);
      assert.equal(refusals, ['too-many-handshakes']);
      await Promise.all(closed);
      assert.is(refusals.filter((reason) => reason === 'handshake-timeout').length, 2);
      assert.is(await greet(listener, await ca.issue(buyer)), 'welcome');
      await until(() => listener.connections() === 0);
    },
    { handshakeSeconds: 1, handshakes: 4 },
  );
});

test('one identity gets so many connections and no more', async () => {
  await listening(
    async ({ listener, refusals }) => {
      const identity = await ca.issue(buyer);
      const first = connect({ host: '127.0.0.1', port: listener.port, ALPNProtocols: ['h2'], rejectUnauthorized: false, ...identity });
      await once(first, 'data');
      assert.is(await greet(listener, identity), '');
      assert.equal(refusals, ['too-many-of-identity']);
      assert.is(await greet(listener, await ca.issue(`spiffe://${td}/ns/bookstore/sa/bookstore`)), 'welcome');
      first.destroy();
      await until(() => listener.connections() === 0);
      assert.is(await greet(listener, identity), 'welcome');
    },
    { connectionsOfIdentity: 1 },
  );
});

test('garbage and scans: counted, logged within bounds, and others are served', async () => {
  await listening(async ({ listener, refusals, lines }) => {
    const identity = await ca.issue(buyer);
    const garbage = [Buffer.alloc(5000, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.of(0x16, 3, 1, 0xff, 0xff, 1), Buffer.alloc(0)];
    for (let round = 0; round < 20; round += 1) {
      for (const bytes of garbage) {
        const socket = connectTcp(listener.port, '127.0.0.1').on('error', () => {});
        socket.resume().end(bytes);
        await once(socket, 'close');
      }
    }
    await until(() => refusals.length === 100);
    assert.equal([...new Set(refusals)].sort(), ['closed-early', 'handshake-failed']);
    assert.ok(lines.filter((line) => line.includes('"warn"')).length < 60);
    assert.is(await greet(listener, identity), 'welcome');
  });
});

test.after(() => {
  ca.remove();
  foreign.remove();
});
test.run();
