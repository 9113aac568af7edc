import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeState, createCaFolder, parseAuthority, readCaFolder } from '../../server/certificates/ca-folder.ts';
import { dropOld, printState, signWithNew, trustAlso } from '../../server/certificates/ca-state.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { openInternalCA } from '../../server/certificates/internal-ca.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { inFolder } from './in-folder.ts';
import { hasOpenssl, openssl } from './openssl.ts';

const present = hasOpenssl();

async function rejects(promise: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  assert.instance(error, CertificateError);
  assert.match(String(error), words);
  assert.not.match(`${String(error)} ${(error as CertificateError).fix}`, /PRIVATE|MIG|MII/);
}

async function inCa(use: (folder: string, above: string) => Promise<void>): Promise<void> {
  const root = await makeRoot('ecdsa', 3650, systemClock);
  await inFolder(async (folder, above) => {
    await createCaFolder(folder, root, 'ecdsa');
    await use(folder, above);
  });
}

test('a new CA can be opened by its owner only, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    await inCa(async (folder) => {
      assert.is(statSync(folder).mode & 0o777, 0o700);
      const names = readdirSync(folder);
      assert.is(names.length, 3);
      for (const name of names) {
        assert.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
      }
    });
  } finally {
    process.umask(before);
  }
});

test('a second CA is refused, and so is a folder with something else in it', async () => {
  const other = await makeRoot('ecdsa', 3650, systemClock);
  await inCa(async (folder, above) => {
    const state = readFileSync(join(folder, 'ca.json'), 'utf8');
    await rejects(createCaFolder(folder, other, 'ecdsa'), /there is a CA in .* already/);
    assert.is(readFileSync(join(folder, 'ca.json'), 'utf8'), state);
    const used = join(above, 'used');
    mkdirSync(used, { mode: 0o700 });
    writeFileSync(join(used, 'letter.txt'), '');
    await rejects(createCaFolder(used, other, 'ecdsa'), /is not empty/);
    const open = join(above, 'open');
    mkdirSync(open, { mode: 0o755 });
    await rejects(createCaFolder(open, other, 'ecdsa'), /others than its owner may open/);
    assert.equal(readdirSync(open), []);
  });
});

test('an init that crashed is done again', async () => {
  const [first, second] = [await makeRoot('ecdsa', 3650, systemClock), await makeRoot('ecdsa', 3650, systemClock)];
  await inFolder(async (folder) => {
    await createCaFolder(folder, first, 'ecdsa');
    // As if it had ended before its last step.
    rmSync(join(folder, 'ca.json'));
    writeFileSync(join(folder, 'ca.json.new'), '{', { mode: 0o600 });
    await createCaFolder(folder, second, 'ecdsa');
    assert.is(readdirSync(folder).length, 3);
    assert.is((await readCaFolder(folder)).trusted[0]?.root, second.certificates);
  });
});

test('permissions that are too open are refused: folder and key', async () => {
  await inCa(async (folder) => {
    const key = join(folder, readdirSync(folder).find((name) => name.endsWith('.key')) ?? '');
    for (const mode of [0o640, 0o604, 0o660, 0o610]) {
      chmodSync(key, mode);
      await rejects(openInternalCA(folder, systemClock), /others than its owner may open .*\.key/);
    }
    chmodSync(key, 0o400);
    await readCaFolder(folder);
    for (const mode of [0o750, 0o705, 0o701]) {
      chmodSync(folder, mode);
      await rejects(openInternalCA(folder, systemClock), /others than its owner may open/);
    }
    chmodSync(folder, 0o700);
  });
});

test('a folder can be read at any moment while it is changed', async () => {
  const fresh = await Promise.all(Array.from({ length: 20 }, async () => makeRoot('ecdsa', 3650, systemClock)));
  await inCa(async (folder) => {
    const end = new AbortController();
    let reads = 0;
    const read = async (): Promise<void> => {
      while (!end.signal.aborted) {
        await readCaFolder(folder);
        reads += 1;
      }
    };
    const readers = [read(), read(), read()];
    for (const files of fresh) {
      await changeState(folder, (state) => trustAlso(state, parseAuthority(files).id), files);
      await changeState(folder, signWithNew);
      await changeState(folder, dropOld);
    }
    end.abort();
    await Promise.all(readers);
    assert.ok(reads > 20);
  });
});

test('a folder that is broken is refused in words', async () => {
  const change = async (name: RegExp, content: string | undefined, words: RegExp): Promise<void> =>
    inCa(async (folder) => {
      const path = join(folder, readdirSync(folder).find((file) => name.test(file)) ?? '');
      if (content === undefined) {
        rmSync(path);
      } else {
        writeFileSync(path, content);
      }
      await rejects(readCaFolder(folder), words);
    });
  await change(/json/, undefined, /cannot read .*ca\.json \(ENOENT\)/);
  await change(/json/, '{', /ca\.json is not what smic writes/);
  await change(/json/, '[]', /ca\.json is not what smic writes/);
  await change(/json/, '{"format":"smic-ca/2"}', /format "smic-ca\/2"/);
  await change(/json/, printState({ leafKeys: 'ecdsa', signing: 'a'.repeat(64), trusted: ['a'.repeat(64)] }), /cannot read .*aaaa\.crt/);
  await change(/json/, printState({ leafKeys: 'ecdsa', signing: 'a'.repeat(64), trusted: ['b'.repeat(64)] }), /ca\.json is not what smic writes/);
  await change(/json/, printState({ leafKeys: 'ecdsa', signing: '../../../../etc', trusted: ['../../../../etc'] }), /ca\.json is not what smic writes/);
  await change(/crt/, undefined, /cannot read .*\.crt/);
  await change(/crt/, 'x', /there is no certificate/);
  await change(/crt/, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /it is not X\.509/);
  await change(/crt/, (await makeRoot('ecdsa', 1, systemClock)).certificates, /holds another certificate/);
  await change(/key/, undefined, /cannot read .*\.key/);
  await change(/key/, 'x', /the private key cannot be read/);
  await change(/key/, (await makeRoot('ecdsa', 1, systemClock)).privateKey, /the private key belongs to another certificate/);
  await change(/key/, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /neither RSA .* nor ECDSA/);
});

test('a CA of the user, as an intermediate with its chain, in any order after the first', async () => {
  if (!present) {
    return;
  }
  await inFolder(async (folder, above) => {
    const path = (name: string): string => join(above, name);
    const run = (...args: readonly string[]): void => {
      const { ok, text } = openssl(args);
      assert.ok(ok, text);
    };
    const request = (name: string, key: readonly string[]): void => run('req', '-newkey', ...key, '-nodes', '-keyout', path(`${name}.key`), '-subj', `/O=Corp/CN=${name}`, '-out', path(`${name}.csr`));
    const extensions = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n';
    writeFileSync(path('ca.ext'), extensions);
    writeFileSync(path('leaf.ext'), extensions.replace('CA:TRUE', 'CA:FALSE').replace('keyCertSign,cRLSign', 'digitalSignature'));
    writeFileSync(path('short.ext'), extensions.replace('CA:TRUE', 'CA:TRUE,pathlen:0'));
    const sign = (name: string, by: string, extension: string): void => run('x509', '-req', '-in', path(`${name}.csr`), '-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`), '-days', '30', '-extfile', path(`${extension}.ext`), '-out', path(`${name}.pem`));
    request('root', ['rsa:2048']);
    run('x509', '-req', '-in', path('root.csr'), '-signkey', path('root.key'), '-days', '300', '-extfile', path('ca.ext'), '-out', path('root.pem'));
    request('middle', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']);
    sign('middle', 'root', 'ca');
    request('mesh', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    sign('mesh', 'middle', 'ca');
    const text = (name: string): string => readFileSync(path(name), 'utf8');
    const files = (...names: readonly string[]): { certificates: string; privateKey: string } => ({ certificates: names.map((name) => text(`${name}.pem`)).join(''), privateKey: text(`${names[0]}.key`) });

    await createCaFolder(folder, files('mesh', 'root', 'middle'), 'ecdsa');
    const ca = await openInternalCA(folder, systemClock);
    try {
      assert.is(ca.trustBundle(), text('root.pem').replaceAll('\r', ''));
      const issued = await ca.issue({ identity: 'spiffe://cluster.local/ns/a/sa/b', lifetimeSeconds: 90 * 86_400 });
      const ends = ['mesh', 'middle', 'root'].map((name) => Date.parse(new X509Certificate(text(`${name}.pem`)).validTo));
      assert.is(issued.notAfter, Math.min(...ends));
      writeFileSync(path('leaf.pem'), issued.chain);
      for (const purpose of ['sslserver', 'sslclient']) {
        const verdict = openssl(['verify', '-x509_strict', '-purpose', purpose, '-CAfile', path('root.pem'), '-untrusted', path('leaf.pem'), path('leaf.pem')]);
        assert.ok(verdict.ok, verdict.text);
      }
      assert.not(openssl(['verify', '-CAfile', path('root.pem'), path('leaf.pem')]).ok);
    } finally {
      ca.close();
    }
    await rejects(createCaFolder(path('1'), files('mesh', 'root'), 'ecdsa'), /was issued by another, which is not there/);
    await rejects(createCaFolder(path('2'), files('mesh'), 'ecdsa'), /was issued by another/);
    const stranger = await makeRoot('ecdsa', 1, systemClock);
    await rejects(createCaFolder(path('3'), { ...files('root'), certificates: text('root.pem') + stranger.certificates }, 'ecdsa'), /do not belong to the chain/);
    sign('middle', 'root', 'short');
    sign('mesh', 'middle', 'ca');
    await rejects(createCaFolder(path('4'), files('mesh', 'middle', 'root'), 'ecdsa'), /allows fewer CAs below it/);
    sign('mesh', 'root', 'leaf');
    await rejects(createCaFolder(path('5'), files('mesh', 'root'), 'ecdsa'), /is not a CA's|may not sign/);
    assert.not(existsSync(path('5')));
    request('weak', ['rsa:1024']);
    run('x509', '-req', '-in', path('weak.csr'), '-signkey', path('weak.key'), '-days', '300', '-extfile', path('ca.ext'), '-out', path('weak.pem'));
    await rejects(createCaFolder(path('6'), files('weak'), 'ecdsa'), /neither RSA \(2048 bits or more\)/);
  });
});

test.run();
