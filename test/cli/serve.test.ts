import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { ProxyStatus, TypeStatus } from '../../server/ads/proxy-status.ts';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import { matchesGolden } from './golden-text.ts';
import { root, runSmic, startSmic } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

/** What a user sees, in test/cli/fixtures/commands/<name>.txt: the exit code, stdout and stderr apart. */
const golden: Readonly<Record<string, { readonly args: readonly string[]; readonly code: number }>> = {
  'serve-help': { args: ['serve', '--help'], code: 0 },
  'serve-no-artifact': { args: ['serve', '--ca', 'ca'], code: 2 },
  'serve-no-ca': { args: ['serve', 'mesh'], code: 2 },
  'serve-missing-artifact': { args: ['serve', 'nowhere', '--ca', 'ca'], code: 2 },
  'serve-not-an-artifact': { args: ['serve', 'ca', '--ca', 'ca'], code: 2 },
  'serve-missing-ca': { args: ['serve', 'mesh', '--ca', 'nowhere'], code: 2 },
  'serve-bad-address': { args: ['serve', 'mesh', '--ca', 'ca', '--listen', '15128'], code: 2 },
  'serve-bad-identity': { args: ['serve', 'mesh', '--ca', 'ca', '--identity', 'smic'], code: 2 },
  'serve-other-trust-domain': { args: ['serve', 'mesh', '--ca', 'ca', '--trust-domain', 'other.example'], code: 2 },
  'serve-foreign-address': { args: ['serve', 'mesh', '--ca', 'ca', '--listen', '192.0.2.1:15128', '--log-level', 'silent'], code: 2 },
  'status-help': { args: ['status', '--help'], code: 0 },
  'status-bad-server': { args: ['status', '--server', '127.0.0.1:9091'], code: 2 },
  'bootstrap-help': { args: ['bootstrap', '--help'], code: 0 },
  'bootstrap-no-server': { args: ['bootstrap', 'bookstore/bookstore-v1'], code: 2 },
  'bootstrap-bad-pod': { args: ['bootstrap', 'bookstore-v1', '--server', '10.0.0.1:15128'], code: 2 },
  'bootstrap-port-zero': { args: ['bootstrap', 'bookstore/bookstore-v1', '--server', '10.0.0.1:0'], code: 2 },
  bootstrap: { args: ['bootstrap', 'bookstore/bookstore-v1', '--service-account', 'bookstore-v1', '--server', 'smic.smic-system.svc:15128'], code: 0 },
};

/** A folder with an artifact `mesh` and a CA `ca`. */
async function inWorkspace(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    cpSync(join(root, 'fixtures', 'bookstore'), join(folder, 'bookstore'), { recursive: true });
    assert.is((await runSmic(['compile', 'bookstore', '--out', 'mesh'], { cwd: folder })).code, 0);
    assert.is((await runSmic(['ca', 'init', 'ca'], { cwd: folder })).code, 0);
    await use(folder);
  });
}

test('what the commands say', async () => {
  await inWorkspace(async (cwd) => {
    for (const [name, { args, code }] of Object.entries(golden)) {
      const result = await runSmic(args, { cwd });
      // Errors name the file that is read first: whichever it is, and the CA's files have random names.
      const stderr = result.stderr.replace(/[0-9a-f]{16}\.(crt|key)/g, 'ID.$1').replaceAll(cwd, '/folder');
      matchesGolden(`commands/${name}.txt`, `exit code ${result.code}\n--- stdout\n${result.stdout}--- stderr\n${stderr}`);
      assert.is(result.code, code, name);
      assert.not.match(stderr, /this is a bug|PRIVATE/);
    }
  });
});

test('bootstrap --out writes all that Envoy reads', async () => {
  await inTemporaryFolder(async (cwd) => {
    const { code, stdout } = await runSmic(['bootstrap', 'bookstore/bookstore-v1', '--server', '127.0.0.1:15128', '--out', 'envoy', '--certificates', 'certificates'], { cwd });
    assert.is(code, 0);
    assert.is(stdout, '');
    assert.equal(readdirSync(join(cwd, 'envoy')).sort(), ['bootstrap.json', 'xds-certificate.json', 'xds-trust-bundle.json']);
    assert.match(readFileSync(join(cwd, 'envoy', 'bootstrap.json'), 'utf8'), join(cwd, 'envoy', 'xds-certificate.json'));
    assert.match(readFileSync(join(cwd, 'envoy', 'xds-certificate.json'), 'utf8'), join(cwd, 'certificates', 'tls.key'));
  });
});

test('serve: SIGHUP looks for a new artifact, SIGTERM ends with 0, status asks it', async () => {
  await inWorkspace(async (cwd) => {
    const child = startSmic(['serve', 'mesh', '--ca', 'ca', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'debug'], { cwd });
    const lines: { readonly msg: string; readonly reason?: string; readonly admin?: { readonly port: number } }[] = [];
    const ended = once(child, 'exit');
    let heard = (): void => {};
    createInterface(child.stderr ?? process.stdin).on('line', (line) => {
      lines.push(JSON.parse(line));
      heard();
    });
    const said = async (msg: string, reason?: string): Promise<(typeof lines)[number]> => {
      for (;;) {
        const found = lines.find((line) => line.msg === msg && (reason === undefined || line.reason === reason));
        if (found) {
          return found;
        }
        assert.is(child.exitCode, null, JSON.stringify(lines));
        await new Promise<void>((resolve) => (heard = resolve));
      }
    };
    try {
      const { admin } = await said('serving');
      const server = `http://127.0.0.1:${admin?.port}`;
      const words = await runSmic(['status', '--server', server]);
      assert.is(words.stdout, 'no sidecar is connected\n');
      assert.match(words.stderr, /^0 sidecars; sha256:[0-9a-f]{12}… with 5 proxy classes, for \d+s\n$/);
      assert.is(words.code, 0);
      assert.equal(JSON.parse((await runSmic(['status', '--server', server, '-o', 'json'])).stdout).proxies, []);
      child.kill('SIGHUP');
      await said('the artifact is the one that is served already', 'signal');
      rmSync(join(cwd, 'mesh', 'manifest.json'));
      child.kill('SIGHUP');
      await said('refused a new artifact; the one before is served on');
      const refused = await runSmic(['status', '--server', server]);
      assert.is(refused.code, 1);
      assert.match(refused.stderr, /a newer artifact is refused \(\d+s ago\): manifest.json is missing/);
      child.kill('SIGTERM');
      assert.equal(await ended, [0, null]);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});

const at = 1_000_000_000_000;
const synced: TypeStatus = { state: 'SYNCED', resources: 3, since: at - 90_000 };

function proxy(node: string, connectedAt: number, types: Partial<ProxyStatus['types']> = {}): ProxyStatus {
  const all = Object.fromEntries(resourceTypes.map((type) => [type, synced])) as ProxyStatus['types'];
  const [namespace = ''] = node.split('/');
  return { node, identity: `spiffe://cluster.local/ns/${namespace}/sa/x`, proxyClass: `${namespace}/x`, mode: 'delta', peer: '127.0.0.1:1', connectedAt, certificateUntil: at + 1000, types: { ...all, ...types } };
}

const source = { pointer: '', object: 'TrafficTarget/bookstore/bookbuyer', file: 'policy.yaml', line: 12 };
const document: StatusDocument = {
  now: at,
  startedAt: at - 86_400_000,
  state: 'serving',
  trustDomain: 'cluster.local',
  connections: 3,
  artifact: { path: 'mesh', digest: `sha256:${'ab'.repeat(32)}`, loadedAt: at - 3_600_000 * 3, proxyClasses: 5 },
  certificates: { issuerId: '00', trustedRoots: ['00'], streams: 3, trustAcknowledged: 3, certificateAcknowledged: 3, waitingFor: [], withoutCertificate: 0, firstEnd: at + 1000 },
  roots: [],
  server: { identity: 'spiffe://cluster.local/ns/smic-system/sa/smic', certificateUntil: at + 1000 },
  proxies: [
    proxy('bookstore/bookstore-v1', at - 86_400_000 * 3, {
      route: { state: 'NACKED', resources: 2, since: at - 5000, reason: 'route: only one cluster\u001b[31m may be there\n', sources: [source, { ...source, line: 14 }, { ...source, line: 15 }, { ...source, line: 16 }, source] },
    }),
    proxy('bookbuyer/bookbuyer', at - 600_000, { endpoint: { state: 'NOT SENT', resources: 0, since: undefined }, listener: { state: 'STALE', resources: 3, since: at - 2000 } }),
    proxy('bookthief/\u001b]0;x\u0007', at - 1000),
  ],
};

async function withServer(answer: () => { readonly code?: number; readonly text: string }, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => {
    const { code = 200, text } = answer();
    response.writeHead(code).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('status: a line for each sidecar, and what was refused', async () => {
  await withServer(
    () => ({ text: JSON.stringify(document) }),
    async (url) => {
      const { code, stdout, stderr } = await runSmic(['status', '--server', url]);
      matchesGolden('commands/status.txt', `exit code ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}`);
      assert.is(code, 1);
      assert.not.match(stdout, '\u001b');
      assert.equal(JSON.parse((await runSmic(['status', '--server', url, '-o', 'json'])).stdout), JSON.parse(JSON.stringify(document)));
    },
  );
});

test('status: servers that are none', async () => {
  const answers = [{ text: 'hello' }, { text: '[]' }, { text: '{"proxies":[]}' }, { code: 404, text: 'no' }, { code: 302, text: '' }];
  for (const answer of answers) {
    await withServer(
      () => answer,
      async (url) => {
        const { code, stderr } = await runSmic(['status', '--server', url]);
        assert.is(code, 2);
        assert.not.match(stderr, 'this is a bug');
      },
    );
  }
  const { code, stderr } = await runSmic(['status', '--server', 'http://127.0.0.1:1']);
  assert.is(code, 2);
  assert.match(stderr, 'does not answer');
});

test('status --watch goes on over an interruption, until it is told to stop', async () => {
  let asked = 0;
  await withServer(
    () => {
      asked += 1;
      return asked === 1 ? { code: 503, text: '' } : { text: JSON.stringify(document) };
    },
    async (url) => {
      const child = startSmic(['status', '--server', url, '--watch', '-o', 'json']);
      const ended = once(child, 'exit');
      const lines = createInterface(child.stdout ?? process.stdin);
      const [line] = (await once(lines, 'line')) as [string];
      assert.is(JSON.parse(line).proxies.length, 3);
      child.kill('SIGINT');
      assert.equal(await ended, [0, null]);
    },
  );
});

test.run();
