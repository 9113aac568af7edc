import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Authority } from '../../server/certificates/authority.ts';
import { parseAuthority } from '../../server/certificates/ca-folder.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { sequence } from '../../server/certificates/der.ts';
import { issueLeaf } from '../../server/certificates/issue-leaf.ts';
import { makeKeyPair } from '../../server/certificates/key-pair.ts';
import type { KeyType } from '../../server/certificates/key-type.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { signingKey } from '../../server/certificates/signing-key.ts';
import { inFolder } from './in-folder.ts';
import { hasOpenssl, openssl } from './openssl.ts';
import { createTestClock } from './test-clock.ts';

const identity = 'spiffe://cluster.local/ns/bookstore/sa/bookbuyer';
const clock = createTestClock();
const now = clock.now();
const day = 86_400_000;

async function root(keyType: KeyType = 'ecdsa', days = 3650): Promise<Authority> {
  return parseAuthority(await makeRoot(keyType, days, clock));
}

const present = hasOpenssl();

/** OpenSSL's verdict over a leaf at a time (milliseconds since 1970). */
function verify(above: string, authority: Authority, chain: string, at: number, ...args: readonly string[]): { readonly ok: boolean; readonly text: string } {
  const [leaf, roots] = [join(above, 'leaf.pem'), join(above, 'roots.pem')];
  writeFileSync(leaf, chain);
  writeFileSync(roots, authority.root);
  return openssl(['verify', '-x509_strict', '-attime', String(Math.floor(at / 1000)), '-CAfile', roots, '-untrusted', leaf, ...args, leaf]);
}

for (const [rootKeys, leafKeys] of [['ecdsa', 'ecdsa'], ['rsa', 'rsa'], ['rsa', 'ecdsa']] as const) {
  test(`a leaf with ${leafKeys} keys of a root with ${rootKeys} keys is what OpenSSL and Node take`, async () => {
    const authority = await root(rootKeys);
    const issued = await issueLeaf(authority, leafKeys, { identity, dnsNames: ['smic.smic-system.svc'], lifetimeSeconds: 86_400 }, now);
    const leaf = new X509Certificate(issued.chain);
    assert.is(leaf.subjectAltName, `URI:${identity}, DNS:smic.smic-system.svc`);
    assert.is(leaf.subject ?? '', '');
    assert.is(leaf.ca, false);
    assert.is(leaf.serialNumber.toLowerCase(), issued.serial);
    assert.ok(leaf.verify(createPublicKey(authority.root)));
    assert.ok(leaf.checkIssued(new X509Certificate(authority.root)));
    assert.ok(leaf.checkPrivateKey(createPrivateKey(issued.privateKey)));
    assert.is(Date.parse(leaf.validTo), issued.notAfter);
    assert.is(Date.parse(leaf.validFrom), issued.notBefore);
    assert.is(issued.notAfter, now + day);
    assert.is(issued.notBefore, now - 300_000);
    assert.is(issued.issuerId, authority.id);
    if (!present) {
      return;
    }
    await inFolder(async (_, above) => {
      for (const purpose of ['sslserver', 'sslclient']) {
        const verdict = verify(above, authority, issued.chain, now, '-purpose', purpose);
        assert.ok(verdict.ok, verdict.text);
      }
      assert.ok(verify(above, authority, issued.chain, now, '-verify_hostname', 'smic.smic-system.svc').ok);
      assert.not(verify(above, authority, issued.chain, now, '-verify_hostname', 'other.svc').ok);
      assert.match(verify(above, authority, issued.chain, now + day + 1000).text, 'certificate has expired');
      assert.match(verify(above, authority, issued.chain, now - 301_000).text, 'not yet valid');
      assert.match(verify(above, await root(rootKeys), issued.chain, now).text, 'unable to get local issuer certificate');
      const { text } = openssl(['x509', '-noout', '-text'], issued.chain);
      assert.match(text, /Subject Alternative Name: critical\n\s+URI:spiffe/);
      assert.match(text, /Key Usage: critical\n\s+Digital Signature/);
      assert.match(text, 'TLS Web Server Authentication, TLS Web Client Authentication');
      assert.match(text, 'CA:FALSE');
    });
  });
}

test('a leaf cannot be a CA: what it signs is refused, and so is a CA below a root', async () => {
  if (!present) {
    return;
  }
  const authority = await root();
  const issued = await issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 86_400 }, now);
  const signer = signingKey(createPrivateKey(issued.privateKey));
  assert.ok(signer);
  const forged = await issueLeaf({ ...authority, signer, subject: sequence(), intermediates: issued.chain }, 'ecdsa', { identity, lifetimeSeconds: 3600 }, now);
  await inFolder(async (_, above) => {
    assert.not(verify(above, authority, forged.chain, now).ok);
    // Also for a verifier that is not strict about names and identifiers of keys.
    writeFileSync(join(above, 'roots.pem'), authority.root + issued.chain);
    const { ok } = openssl(['verify', '-attime', String(now / 1000), '-CAfile', join(above, 'roots.pem'), join(above, 'leaf.pem')]);
    assert.not(ok);
  });
  const { text } = openssl(['x509', '-noout', '-text'], authority.root);
  assert.match(text, 'CA:TRUE, pathlen:0');
  assert.match(text, 'Certificate Sign, CRL Sign');
});

test('a leaf never outlives its CA, and a CA that has ended issues none', async () => {
  const authority = await root('ecdsa', 1);
  const issued = await issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 5 * 86_400 }, now);
  assert.is(issued.notAfter, authority.notAfter);
  await rejects(issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 60 }, now + day), /the CA has expired on 2024-01-02T00:00:00.000Z/);
  await rejects(issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 60 }, now - day), /the CA is not valid before/);
});

test('a leaf that lives a minute begins a minute ago', async () => {
  const issued = await issueLeaf(await root(), 'ecdsa', { identity, lifetimeSeconds: 60 }, now);
  assert.is(issued.notBefore, now - 60_000);
  assert.is(issued.notAfter, now + 60_000);
});

test('dates from 2050 on are written otherwise, and are read alike', async () => {
  const late = createTestClock(Date.UTC(2049, 11, 31, 12));
  const authority = parseAuthority(await makeRoot('ecdsa', 3650, late));
  const issued = await issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 86_400 }, late.now());
  assert.is(Date.parse(new X509Certificate(issued.chain).validTo), Date.UTC(2050, 0, 1, 12));
  if (present) {
    assert.match(openssl(['asn1parse'], issued.chain).text, /UTCTIME[\s\S]*GENERALIZEDTIME/);
  }
});

test('what is no SPIFFE ID, DNS name or lifetime is refused', async () => {
  const authority = await root();
  const issue = async (request: object): Promise<unknown> => issueLeaf(authority, 'ecdsa', { identity, lifetimeSeconds: 60, ...request }, now);
  for (const wrong of ['', 'spiffe://', 'spiffe://a', 'spiffe://a/', 'spiffe://a//b', 'spiffe://a/../b', 'spiffe://a/.', 'spiffe://A/b', 'spiffe://a:1/b', 'spiffe://a/b?c', 'spiffe://a/b\n', 'spiffe://a/é', 'https://a/b', `spiffe://a/${'b'.repeat(2048)}`]) {
    await rejects(issue({ identity: wrong }), /is not a SPIFFE ID/);
  }
  for (const wrong of ['', 'a..b', '-a', 'a\0.b', 'a b', 'é.com', 'a'.repeat(64)]) {
    await rejects(issue({ dnsNames: [wrong] }), /is not a DNS name/);
  }
  for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await rejects(issue({ lifetimeSeconds: wrong }), /a certificate cannot live/);
  }
});

test('keys of P-256 are written as Node itself writes them', async () => {
  // One in 256 begins with a zero byte: enough for both sorts.
  for (let count = 0; count < 1000; count += 1) {
    const { publicKey, privateKeyPem } = await makeKeyPair('ecdsa', 'leaf');
    const key = createPrivateKey(privateKeyPem);
    assert.is(privateKeyPem, key.export({ type: 'pkcs8', format: 'pem' }).toString());
    assert.ok(publicKey.equals(createPublicKey(key).export({ type: 'spki', format: 'der' })));
  }
});

async function rejects(promise: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  assert.instance(error, CertificateError);
  assert.match(String(error), words);
}

test.run();
