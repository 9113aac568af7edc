import { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMain } from '../../cli/run-main.ts';
import { openInternalCA } from '../../server/certificates/internal-ca.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { createSecretService } from '../../server/secrets/workload-secrets.ts';
import { inFolder } from './in-folder.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function smic(...args: readonly string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({ isTTY: false, color: false, write: async (text: string | Uint8Array) => void (texts[name] += String(text)) });
  const code = await runMain(args, { out: output('out'), err: output('err') });
  return { code, ...texts };
}

const identity = 'spiffe://cluster.local/ns/bookstore/sa/bookbuyer';

test('smic ca init makes a CA once, and smic ca show tells of it', async () => {
  await inFolder(async (folder) => {
    const first = await smic('ca', 'init', folder, '--days', '100');
    assert.is(first.code, 0, first.err);
    assert.is(first.out, '');
    const second = await smic('ca', 'init', folder);
    assert.is(second.code, 2);
    assert.match(second.err, /^error: there is a CA in .* already\n {2}smic ca show/);
    const table = (await smic('ca', 'show', folder)).out.split('\n');
    assert.match(table[0] ?? '', /^ROLE +ID +NAME +KEY +FROM +UNTIL +DAYS LEFT$/);
    assert.match(table[1] ?? '', /^signs +[0-9a-f]{16} +O=smic, CN=smic mesh root [0-9a-f]{8} +ECDSA P-256 .* 99$/);
    const shown: unknown = JSON.parse((await smic('ca', 'show', folder, '-o', 'json')).out);
    const { authorities, ...rest } = shown as { authorities: readonly Readonly<Record<string, unknown>>[] };
    assert.equal(rest, { rotation: 'none', leafKeys: 'ecdsa' });
    assert.equal(authorities.map(({ signs, daysLeft }) => ({ signs, daysLeft })), [{ signs: true, daysLeft: 99 }]);
    const bundle = (await smic('ca', 'show', folder, '-o', 'pem')).out;
    assert.ok(new X509Certificate(bundle).ca);
    const key = join(folder, readdirSync(folder).find((name) => name.endsWith('.key')) ?? '');
    for (const word of readFileSync(key, 'utf8').split('\n').slice(1, -2)) {
      assert.not.match(first.err + table.join() + JSON.stringify(shown) + bundle, word);
    }
    chmodSync(key, 0o644);
    const open = await smic('ca', 'show', folder);
    assert.is(open.code, 2);
    assert.match(open.err, 'others than its owner may open');
  });
});

test('smic ca init takes a CA from files, and says what is wrong with them', async () => {
  await inFolder(async (folder, above) => {
    const made = join(above, 'made');
    await smic('ca', 'init', made);
    const name = readdirSync(made).find((file) => file.endsWith('.crt')) ?? '';
    const [certificate, key] = [join(made, name), join(made, name.replace('crt', 'key'))];
    assert.is((await smic('ca', 'init', folder, '--certificate', certificate, '--key', key)).code, 0);
    assert.equal((await smic('ca', 'show', folder)).out, (await smic('ca', 'show', made)).out);
    const other = join(above, 'other');
    assert.match((await smic('ca', 'init', other, '--certificate', certificate)).err, '--certificate and --key belong together');
    assert.match((await smic('ca', 'init', other, '--certificate', certificate, '--key', certificate)).err, 'the private key cannot be read');
    assert.match((await smic('ca', 'init', other, '--certificate', join(above, 'none'), '--key', key)).err, 'no such file or folder');
    assert.match((await smic('ca', 'show', other)).err, 'smic ca init makes a CA');
  });
});

test('smic ca issue prints or writes what a sidecar needs', async () => {
  await inFolder(async (folder, above) => {
    await smic('ca', 'init', folder);
    const printed = await smic('ca', 'issue', folder, '--identity', identity, '--dns', 'smic.smic-system.svc', '--lifetime', '90m');
    assert.is(printed.code, 0, printed.err);
    assert.match(printed.out, /^-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----/);
    assert.not.match(printed.err, 'BEGIN');
    const leaf = new X509Certificate(printed.out.slice(printed.out.indexOf('-----BEGIN CERT')));
    assert.is(leaf.subjectAltName, `URI:${identity}, DNS:smic.smic-system.svc`);
    const out = join(above, 'certificates');
    const written = await smic('ca', 'issue', folder, '--identity', identity, '--out', out);
    assert.is(written.out, '');
    assert.equal(readdirSync(out).sort(), ['ca.crt', 'tls.crt', 'tls.key']);
    assert.is(statSync(join(out, 'tls.key')).mode & 0o777, 0o600);
    assert.ok(new X509Certificate(readFileSync(join(out, 'tls.crt'))).verify(new X509Certificate(readFileSync(join(out, 'ca.crt'))).publicKey));
    assert.is((await smic('ca', 'issue', folder, '--identity', 'bookbuyer')).code, 2);
    assert.is((await smic('ca', 'issue', folder, '--identity', 'spiffe://a/../b')).code, 2);
    assert.is((await smic('ca', 'issue', folder)).code, 2);
    assert.is((await smic('ca', 'issue', folder, '--identity', identity, '--lifetime', 'x')).code, 2);
  });
});

test('smic ca rotate shows the plan, and rotates with the word of a server over HTTP', async () => {
  await inFolder(async (folder) => {
    await smic('ca', 'init', folder);
    const before = await smic('ca', 'show', folder);
    const plan = await smic('ca', 'rotate', folder);
    assert.match(plan.out, /^1\. next {2}Trust a new root beside the old one\.\n2\. +Wait until/);
    assert.match(plan.err, 'Nothing is changed');
    assert.is((await smic('ca', 'show', folder)).out, before.out);
    assert.match((await smic('ca', 'rotate', folder, '--resume')).err, 'No rotation is going on');

    const ca = await openInternalCA(folder, systemClock);
    const service = createSecretService(ca, systemClock, { lifetimeSeconds: () => 60 });
    const acknowledge = (): void => {
      for (const [name, { version }] of secrets.current()) {
        service.acknowledged(secrets, name, version);
      }
    };
    const secrets = await service.open(identity, () => setImmediate(acknowledge));
    acknowledge();
    const admin = createServer((_, response) => response.end(JSON.stringify({ now: 1, startedAt: 0, state: 'serving', certificates: service.status() }))).listen(0, '127.0.0.1');
    await once(admin, 'listening');
    const address = admin.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    try {
      const asked = await smic('ca', 'rotate', folder, '--server', url, '--settle', '0s');
      assert.is(asked.code, 1);
      assert.match(asked.err, /Begin\?\nNobody can be asked here; --yes says yes\.\nStopped/);
      const done = await smic('ca', 'rotate', folder, '--server', url, '--settle', '0s', '--yes');
      assert.is(done.code, 0, done.err);
      assert.match(done.err, /Both roots are trusted; the old one signs\.[\s\S]*1 of 1 proxies have acknowledged both roots\nThe new root signs; both are trusted\.[\s\S]*1 of 1 proxies have acknowledged a certificate of the new root\nThe old root is no longer trusted, and its key is removed\.\n$/);
      assert.is.not((await smic('ca', 'show', folder)).out, before.out);
      assert.is(readdirSync(folder).length, 3);
    } finally {
      admin.close();
      service.close();
      ca.close();
    }
  });
});

test.run();
