import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMain } from '../../cli/run-main.ts';
import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../compiler/artifact/bundle.ts';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import { bookstoreArtifact } from '../server/support/bookstore-artifact.ts';
import { silentListeners } from '../server/support/silent-listeners.ts';
import { type Sidecar, startSidecar } from '../server/support/start-sidecar.ts';
import { makeTestCa, type TestCa } from '../server/support/test-ca.ts';
import { startTestServer } from '../server/support/test-server.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { matchesGolden } from './golden-text.ts';
import type { Result } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const binary = process.env['ENVOY_BIN'];
const withEnvoy = binary === undefined ? test.skip : test;
const pods = { buyer: 'bookbuyer/bookbuyer', store: 'bookstore/bookstore-v1' } as const;

/** `smic proxy …` in this process, without a terminal. */
function proxy(...args: readonly string[]): Promise<Result> {
  return run(args, false);
}

async function run(args: readonly string[], isTTY: boolean): Promise<Result> {
  const text = { out: '', err: '' };
  const output = (name: keyof typeof text): { readonly isTTY: boolean; readonly color: boolean; write(part: string | Uint8Array): Promise<void> } => ({
    isTTY,
    color: false,
    write: async (part) => void (text[name] += String(part)),
  });
  const code = await runMain(['proxy', ...args], { out: output('out'), err: output('err') });
  return { code, stdout: text.out, stderr: text.err };
}

/** What differs from run to run is made equal; columns keep their width. */
function stable(text: string): string {
  return text
    .replace(/\b[0-9a-f]{28,40} +/g, `${'f'.repeat(32)}  `)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2030-01-01T00:00:00Z')
    .replace(/smic mesh root [0-9a-f]{8}/g, 'smic mesh root 00000000')
    .replace(/^(smic +)127\.0\.0\.1:\d+ {2,}/gm, '$1127.0.0.1:PORT    ')
    .replace(/\/\S*\/smic-[a-z]+-\w+\//g, 'FOLDER/')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:PORT');
}

function matches(name: string, { code, stdout, stderr }: Result): void {
  matchesGolden(`proxy/${name}.txt`, stable(`exit code ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}`));
}

interface Mesh {
  readonly ca: TestCa;
  readonly serverUrl: string;
  readonly sidecars: Readonly<Record<keyof typeof pods, Sidecar>>;
  stop(): Promise<void>;
}

let running: Promise<Mesh> | undefined;

/** A server and two sidecars that hold the bookstore: started once, for all tests that ask them and change nothing. */
function mesh(): Promise<Mesh> {
  running ??= startMesh();
  return running;
}

async function startMesh(): Promise<Mesh> {
  const ca = await makeTestCa();
  const server = await startTestServer(ca, bookstoreArtifact());
  const serverUrl = `http://127.0.0.1:${server.adminAddress.port}`;
  const started: Sidecar[] = [];
  const start = async (pod: string): Promise<Sidecar> => {
    const [namespace, account] = pod.split('/');
    const certificate = await ca.issue(`spiffe://cluster.local/ns/${namespace}/sa/${account}`);
    const sidecar = startSidecar({ binary: binary ?? '', pod, server: { ...server.adsAddress, identity: server.identity }, certificate, protocol: 'delta' });
    started.push(sidecar);
    return sidecar;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((sidecar) => sidecar.stop()));
    await server.close();
    ca.remove();
  };
  try {
    const sidecars = { buyer: await start(pods.buyer), store: await start(pods.store) };
    await waitFor(() => server.status().proxies.filter(({ types }) => Object.values(types).every(({ state }) => state === 'SYNCED')).length === 2);
    for (const sidecar of started) {
      await waitFor(async () => (await sidecar.holds()).listeners.length === 3);
    }
    return { ca, serverUrl, sidecars, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function inBundle(artifact: Artifact, use: (path: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'mesh.bundle');
    writeFileSync(path, encodeBundle(silentListeners(artifact)));
    await use(path);
  });
}

for (const name of ['listeners', 'clusters', 'routes', 'endpoints', 'secrets']) {
  withEnvoy(`the table of ${name}, with the objects that they come from`, async () => {
    const { sidecars } = await mesh();
    matches(`${name}-store`, await proxy(name, '--admin', sidecars.store.adminSocket));
    await inBundle(bookstoreArtifact(), async (path) => {
      matches(`${name}-buyer-places`, await proxy(name, '--admin', `unix:${sidecars.buyer.adminSocket}`, '--artifact', path));
    });
  });
}

withEnvoy('the same as a document, with places from a running server', async () => {
  const { sidecars, serverUrl } = await mesh();
  const { stdout, code } = await proxy('routes', '--admin', sidecars.buyer.adminSocket, '--server', serverUrl, '-o', 'json');
  assert.is(code, 0);
  const rows = JSON.parse(stdout) as readonly { readonly name: string; readonly to: string; readonly sources: readonly unknown[] }[];
  const split = rows.find(({ name }) => name === 'rds-outbound.bookstore/bookstore|14001');
  assert.is(split?.to, 'bookstore/bookstore-v1|14001 100, bookstore/bookstore-v2|14001 0');
  assert.equal(split?.sources, [{ object: 'TrafficSplit/bookstore/bookstore-split', file: 'split.yaml', line: 2 }]);
});

withEnvoy('no difference: with a bundle, a folder, a server', async () => {
  const { sidecars, serverUrl } = await mesh();
  await inBundle(bookstoreArtifact(), async (path) => {
    matches('equal-artifact', await proxy('config', '--diff', '--admin', sidecars.buyer.adminSocket, '--artifact', path));
  });
  matches('equal-server', await proxy('config', '--diff', '--admin', sidecars.store.adminSocket, '--server', serverUrl));
  await inTemporaryFolder(async (folder) => {
    for (const { path, content } of artifactFiles(bookstoreArtifact())) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const both = ['config', '--diff', '--admin', sidecars.buyer.adminSocket, '--artifact', folder, '-t'];
    assert.is((await proxy(...both, 'cluster,route,endpoint,secret')).code, 0);
    // In this test, listeners open no port.
    const listeners = await proxy(...both, 'listener');
    assert.is(listeners.code, 1);
    assert.is(listeners.stdout.match(/^-bind_to_port: false$/gm)?.length, 3);
  });
});

withEnvoy('a changed route is shown', async () => {
  const { sidecars } = await mesh();
  await inBundle(bookstoreArtifact({ v1: 50, v2: 50 }), async (path) => {
    matches('changed-route', await proxy('config', '--diff', '--admin', sidecars.buyer.adminSocket, '--artifact', path));
    assert.is((await proxy('config', '--diff', '--admin', sidecars.buyer.adminSocket, '--artifact', path, '-t', 'cluster')).code, 0);
  });
});

withEnvoy('what only one of the two has is named', async () => {
  const { sidecars, serverUrl } = await mesh();
  matches('another-class', await proxy('config', '--diff', '--admin', sidecars.buyer.adminSocket, '--server', serverUrl, '--proxy', 'bookstore/bookstore-v2', '-t', 'clusters,routes,endpoints'));
});

withEnvoy('no answer where nothing is known for the sidecar', async () => {
  const { ca, sidecars, serverUrl } = await mesh();
  const other = await startTestServer(ca, bookstoreArtifact());
  const diff = ['config', '--diff', '--admin', sidecars.buyer.adminSocket];
  try {
    matches('not-connected', await proxy(...diff, '--server', `http://127.0.0.1:${other.adminAddress.port}`));
    // It would get the same there.
    assert.is((await proxy(...diff, '--server', `http://127.0.0.1:${other.adminAddress.port}`, '--proxy', 'bookbuyer/bookbuyer')).code, 0);
  } finally {
    await other.close();
  }
  matches('unknown-class-server', await proxy(...diff, '--server', serverUrl, '--proxy', 'bookbuyer/bookbyer'));
  await inBundle(bookstoreArtifact(), async (path) => {
    matches('unknown-class', await proxy(...diff, '--artifact', path, '--proxy', 'bookbuyer/bookbyer'));
  });
  const { classes, ...rest } = bookstoreArtifact();
  await inBundle({ ...rest, classes: classes.filter(({ namespace }) => namespace !== 'bookbuyer') }, async (path) => {
    matches('no-class', await proxy(...diff, '--artifact', path));
  });
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'mesh.bundle'), 'no bundle');
    assert.match((await proxy(...diff, '--artifact', join(folder, 'mesh.bundle'))).stderr, 'is not an artifact');
    assert.match((await proxy(...diff, '--artifact', join(folder, 'nowhere'))).stderr, 'no such file or folder');
  });
});

withEnvoy('what Envoy holds, as a document', async () => {
  const { sidecars } = await mesh();
  const { stdout, code } = await proxy('config', '--admin', sidecars.buyer.adminSocket, '-o', 'json');
  assert.is(code, 0);
  const document = JSON.parse(stdout) as Readonly<Record<string, readonly { readonly name: string }[]>>;
  assert.equal(Object.keys(document), ['listeners', 'clusters', 'routes', 'endpoints', 'secrets']);
  assert.equal(document['listeners']?.map(({ name }) => name), ['inbound-listener', 'inbound-prometheus-listener', 'outbound-listener']);
  assert.not.match(stdout, /version_info|last_updated|PRIVATE KEY/);
  matches('config-routes', await proxy('config', '--admin', sidecars.buyer.adminSocket, '-t', 'route'));
});

withEnvoy('pages of the admin interface, and nothing that changes Envoy', async () => {
  const { sidecars } = await mesh();
  const get = (path: string): Promise<Result> => proxy('get', path, '--admin', sidecars.store.adminSocket);
  assert.equal(await get('/ready'), { code: 0, stdout: 'LIVE\n', stderr: '' });
  assert.match((await get('stats?filter=listener_manager.total_listeners_active')).stdout, 'listener_manager.total_listeners_active: 3\n');
  assert.match((await get('/certs')).stdout, 'spiffe://cluster.local/ns/bookstore/sa/bookstore-v1');
  matches('get-unknown', await get('/certz'));
  matches('get-quit', await get('/quitquitquit'));
  assert.is((await get('/ready')).code, 0);
  assert.not.match((await get('/config_dump')).stdout, 'PRIVATE KEY');
});

/** An admin interface that answers the same whatever it is asked. */
async function answering(code: number, body: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => response.writeHead(code).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an admin interface that does not answer, or is none: exit code 2', async () => {
  let unused = '';
  await answering(200, '', async (url) => void (unused = url));
  for (const args of [['listeners'], ['secrets', '-o', 'json'], ['config'], ['config', '--diff'], ['get', '/ready']]) {
    const { code, stdout, stderr } = await proxy(...args, '--admin', unused);
    assert.is(code, 2);
    assert.is(stdout, '');
    assert.match(stderr, /^error: Envoy does not answer at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .*\n {2}Name Envoy's admin interface with --admin/);
  }
  await inTemporaryFolder(async (folder) => {
    matches('no-socket', await proxy('routes', '--admin', join(folder, 'admin')));
  });
  for (const [status, body] of [[200, '<html>'], [200, '[]'], [200, '{"configs":{}}'], [404, '']] as const) {
    await answering(status, body, async (url) => {
      const { code, stderr } = await proxy('clusters', '--admin', url);
      assert.is(code, 2, body);
      assert.match(stderr, /^error: http:\S+ answers/);
    });
  }
  await answering(503, 'INITIALIZING\n', async (url) => assert.equal(await proxy('get', '/ready', '--admin', url), { code: 1, stdout: 'INITIALIZING\n', stderr: '' }));
});

test('a server that does not answer, or is none: exit code 2', async () => {
  await answering(200, '{"configs":[]}', async (url) => {
    assert.match((await proxy('config', '--diff', '--admin', url, '--server', url, '--proxy', 'a/b')).stderr, 'answers, but not as smic serve does');
    let unused = '';
    await answering(200, '', async (other) => void (unused = other));
    const { code, stderr } = await proxy('config', '--diff', '--admin', url, '--server', unused);
    assert.is(code, 2);
    assert.match(stderr, "does not answer: connect ECONNREFUSED");
  });
});

test('bad flags: exit code 2', async () => {
  const fault = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await proxy(...args);
    assert.is(code, 2, args.join(' '));
    return stderr;
  };
  for (const admin of ['ftp://127.0.0.1', 'https://127.0.0.1:15000', '127.0.0.1:15000', 'http://127.0.0.1/a', '']) {
    assert.match(await fault('routes', '--admin', admin), 'It is neither an address');
  }
  assert.match(await fault('routes', '--artifact', 'a', '--server', 'http://127.0.0.1:9091'), 'cannot be used with');
  assert.match(await fault('routes', '--proxy', 'a/b'), '--proxy is given, but neither --artifact nor --server');
  assert.match(await fault('get', '/a\nb'), 'It is not a path');
  assert.match(await fault('nothing'), /unknown command 'nothing'|too many arguments/);
});

const key = '-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n';
const keyBytes = Buffer.from(key).toString('base64');
const hostile = {
  configs: [
    { dynamic_active_clusters: [{ cluster: { name: 'a\u001b[31m\nb', metadata: { filter_metadata: { smic: { source: 'Service/\u202e/x' } } }, transport_socket: { typed_config: { common_tls_context: { tls_certificates: [{ private_key: { inline_string: key } }, { private_key: { inline_bytes: keyBytes } }] } } } } }] },
    {
      dynamic_active_secrets: [
        { name: 'own', secret: { name: 'own', tls_certificate: { certificate_chain: { inline_string: `${key}no certificate` }, private_key: { inline_string: key } } } },
        { name: 'bytes', secret: { name: 'bytes', tls_certificate: { private_key: { inline_bytes: keyBytes } } } },
      ],
    },
  ],
};

test('whatever answers: no private key is shown, and nothing drives the terminal', async () => {
  await answering(200, JSON.stringify(hostile), async (url) => {
    for (const args of [['secrets'], ['secrets', '-o', 'json'], ['clusters'], ['config'], ['config', '-o', 'json'], ['get', '/config_dump'], ['endpoints'], ['listeners'], ['routes']]) {
      for (const isTTY of [true, false]) {
        const { code, stdout } = await run([...args, '--admin', url], isTTY);
        assert.is(code, 0, args.join(' '));
        assert.not.match(stdout, /PRIVATE KEY|c2VjcmV0|LS0tLS1CRUdJTi|\u001b/, args.join(' '));
        assert.not.match(isTTY ? stdout : '', '\u202e', args.join(' '));
      }
    }
  });
});

const troubled = {
  configs: [
    { bootstrap: { node: { id: 'bookbuyer/bookbuyer' } } },
    {
      dynamic_listeners: [{ name: 'inbound-listener', warming_state: { listener: { name: 'inbound-listener', filter_chains: [{ name: 'a' }] } }, error_state: { details: 'no\u001b such filter\n' } }],
    },
    { dynamic_endpoint_configs: [{ endpoint_config: { cluster_name: 'a' } }] },
  ],
};

test('what is warming is not in use, what was refused is told, open endpoints are not compared', async () => {
  await answering(200, JSON.stringify(troubled), async (url) => {
    const table = await proxy('listeners', '--admin', url);
    assert.match(table.stdout, 'inbound-listener (warming)');
    const { holes, ...artifact } = bookstoreArtifact();
    await inBundle({ ...artifact, holes: [...holes, 'endpoints'] }, async (path) => {
      const { code, stdout, stderr } = await proxy('config', '--diff', '--admin', url, '--artifact', path, '--proxy', 'bookbuyer/bookbuyer');
      assert.is(code, 1);
      assert.match(stdout, /^not held +listeners\/inbound-listener$/m);
      assert.not.match(stdout, 'endpoints/');
      assert.match(stderr, 'Envoy has refused the listener inbound-listener: no\\u001b such filter\n');
      assert.match(stderr, 'Endpoints are not compared');
      assert.match((await proxy('config', '--diff', '--admin', url, '--artifact', path)).stderr, 'nothing for the sidecar bookbuyer/bookbuyer (it has no certificate)');
    });
  });
});

test('the mesh ends', async () => {
  const started = await running?.catch(() => undefined);
  await started?.stop();
});

test.run();
