// Certificates and the root are replaced under load, and no request fails. Certificates live so shortly that they run out during the tests.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeIPv4 } from '../../../demo/rig/network.ts';
import type { TcpAnswer } from '../../../demo/pod/tcp-call.ts';
import { defaultAddress } from '../../../server/serve-options.ts';
import type { TlsCall } from '../../mesh/programs/tls-client.ts';
import { reporting } from '../../mesh/reporting.ts';
import { missingForMesh } from '../../mesh/start-test-mesh.ts';
import { attacker, type Attacker } from '../attacker.ts';
import { type HeldCertificates, heldCertificates, serialsOf } from './held-certificates.ts';
import { buyerIdentity, type LoadedBookstore, post, serverStatus, startBookstore } from './loaded-bookstore.ts';
import { startRotation } from './rotation-command.ts';
import { until } from './until.ts';

const rotation = suite('rotation');
const test = missingForMesh() === undefined ? rotation : rotation.skip;

let bookstore: LoadedBookstore;
let outside: Attacker;

rotation.before(
  reporting(async () => {
    if (test !== rotation) {
      return;
    }
    bookstore = await startBookstore(['--lifetime', '15s']);
    outside = attacker(await bookstore.mesh.start(bookstore.mesh.node, [{ program: 'tlsClient' }]));
  }),
);

rotation.after(() => bookstore?.stop());

function held(): Promise<readonly HeldCertificates[]> {
  return Promise.all(bookstore.mesh.pods.map(heldCertificates));
}

test('every certificate is renewed twice: no request fails', async () => {
  const { mesh, buyer, underLoad } = bookstore;
  const seen = mesh.pods.map(() => new Set<string>());
  // By what bookstore's sidecar says of bookbuyer.
  const shown = new Set<string>();
  await underLoad(async () => {
    await until('three certificates of every sidecar', async () => {
      const certificates = await held();
      certificates.forEach(({ workload }, index) => workload !== undefined && seen[index]?.add(workload));
      const { body } = await buyer.http({ ...post, url: 'http://bookstore.books:81/' });
      shown.add(/Hash=([0-9a-f]{64});URI=spiffe:/.exec(body)?.[1] ?? body);
      return [...seen, shown].every(({ size }) => size >= 3);
    });
  });
});

const requestByHand = 'POST / HTTP/1.1\r\nhost: bookstore.books\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
/** HTTP/2's preface and empty settings: the server answers with its own. */
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

/** What a certificate brings: bytes of the application behind a sidecar, and of the server. */
async function gets(certificate: NonNullable<TlsCall['certificate']>): Promise<Readonly<Record<'sidecar' | 'server', boolean>>> {
  const store = bookstore.mesh.pod('bookstore').spec.addresses[0] ?? '';
  const answers: readonly TcpAnswer[] = await Promise.all([
    outside.tls({ host: store, port: 8081, serverName: '81.bookstore.books.svc.cluster.local', certificate, send: requestByHand }),
    outside.tls({ host: nodeIPv4, port: defaultAddress.port, serverName: 'smic.smic-system.svc', protocols: ['h2'], certificate, send: http2Preface }),
  ]);
  const [sidecar, server] = answers.map(({ received }) => received);
  return { sidecar: sidecar?.startsWith('HTTP/1.1 200') ?? false, server: (server ?? '') !== '' };
}

test("the root is replaced by smic ca rotate, with the sidecars' own files in step: no request fails, and the old root counts nowhere", async () => {
  const { mesh, underLoad } = bookstore;
  const old = await mesh.certificate(buyerIdentity);
  const [oldRoot = ''] = serialsOf(old.trustBundle);
  assert.equal(await gets(old), { sidecar: true, server: true });

  await underLoad(async () => {
    /** As whoever looks after the sidecars' files does when the command asks for it. */
    const renewed = async (what: string): Promise<void> => {
      await mesh.ca.reload();
      const before = (await held()).map(({ xds }) => xds);
      await Promise.all(mesh.pods.map(mesh.renew));
      const trusted = serialsOf(mesh.ca.trustBundle()).join();
      await until(what, async () => (await held()).every(({ xds, xdsTrust }, index) => xds !== undefined && xds !== before[index] && xdsTrust.join() === trusted));
    };
    const command = startRotation(mesh);
    try {
      await command.answer(/Begin\?/);
      await command.question(/Do all sidecars' ca.crt/);
      await renewed('files with both roots');
      await command.answer(/Do all sidecars' ca.crt/);
      await command.question(/Are all sidecars' tls.crt/);
      await renewed('certificates of the new root in files');
      await command.answer(/Are all sidecars' tls.crt/);
      assert.is(await command.exitCode(), 0, command.output());
    } finally {
      command.stop();
    }
    await renewed('files without the old root');
  });

  assert.is((await serverStatus(mesh.server)).certificates.trustedRoots.length, 1);
  await until('the old root is gone from all sidecars', async () => (await held()).every(({ workloadTrust, xdsTrust }) => ![...workloadTrust, ...xdsTrust].includes(oldRoot)));
  for (const { workloadTrust, xdsTrust } of await held()) {
    assert.equal([workloadTrust, xdsTrust].map(({ length }) => length), [1, 1]);
  }
  assert.equal(await gets(old), { sidecar: false, server: false });
  assert.equal(await gets(await mesh.certificate(buyerIdentity)), { sidecar: true, server: true });
});

rotation.run();
