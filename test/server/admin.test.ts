import { request } from 'node:http';
import { Registry } from 'prom-client';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBundle, encodeBundle } from '../../compiler/artifact/bundle.ts';
import type { AdminServer } from '../../server/admin/pages.ts';
import { startAdminServer } from '../../server/admin/admin-server.ts';
import type { ResourcesDocument } from '../../server/admin/resources-document.ts';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import { configurationsOf } from '../../server/configuration/configurations.ts';
import { createLog } from '../../server/log.ts';
import { bookstoreArtifact } from './support/bookstore-artifact.ts';

const configurations = configurationsOf(decodeBundle(encodeBundle(bookstoreArtifact())));

const status: StatusDocument = {
  now: 1000,
  startedAt: 0,
  state: 'serving',
  trustDomain: 'cluster.local',
  connections: 0,
  artifact: { path: 'mesh', digest: 'sha256:00', loadedAt: 0, proxyClasses: 1 },
  certificates: { issuerId: '00', trustedRoots: [], streams: 0, trustAcknowledged: 0, certificateAcknowledged: 0, waitingFor: [], withoutCertificate: 0, firstEnd: undefined },
  roots: [],
  server: { identity: 'spiffe://cluster.local/ns/smic-system/sa/smic', certificateUntil: 1000 },
  proxies: [],
};

interface Answer {
  readonly code: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

function ask({ port }: AdminServer, path: string, options: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ code: response.statusCode, type: response.headers['content-type'], text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function withAdmin(use: (admin: AdminServer) => Promise<void>, host = '127.0.0.1', state: StatusDocument['state'] = 'serving'): Promise<void> {
  const admin = await startAdminServer({ host, port: 0, registry: new Registry(), status: () => ({ ...status, state }), configurations: () => configurations, log: createLog('silent') });
  try {
    await use(admin);
  } finally {
    await admin.close();
  }
}

test('pages', async () => {
  await withAdmin(async (admin) => {
    assert.equal(await ask(admin, '/healthz'), { code: 200, type: 'text/plain; charset=utf-8', text: 'ok\n' });
    assert.is((await ask(admin, '/readyz?verbose')).code, 200);
    assert.equal(JSON.parse((await ask(admin, '/status')).text).artifact, status.artifact);
    assert.equal(JSON.parse((await ask(admin, '/proxies')).text), []);
    assert.match((await ask(admin, '/metrics')).type ?? '', 'text/plain; version=0.0.4');
    assert.match((await ask(admin, '/')).text, '/readyz\n');
    assert.is((await ask(admin, '/nowhere')).code, 404);
    assert.is((await ask(admin, '/__proto__')).code, 404);
    assert.is((await ask(admin, '/status', { method: 'POST' })).code, 405);
    assert.equal(await ask(admin, '/healthz', { method: 'HEAD' }), { code: 200, type: 'text/plain; charset=utf-8', text: '' });
  });
});

test('what the sidecars of a class are sent', async () => {
  await withAdmin(async (admin) => {
    const { code, text } = await ask(admin, '/resources?proxy=bookbuyer%2Fbookbuyer');
    assert.is(code, 200);
    const { proxy, identity, resources } = JSON.parse(text) as ResourcesDocument;
    assert.is(proxy, 'bookbuyer/bookbuyer');
    assert.is(identity, 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer');
    const split = resources.find(({ name }) => name === 'rds-outbound.bookstore/bookstore|14001');
    assert.is(split?.type, 'route');
    assert.ok(split?.sources.some(({ object, file, line }) => object === 'TrafficSplit/bookstore/bookstore-split' && file === 'split.yaml' && (line ?? 0) > 0));
    assert.match(Buffer.from(split?.any ?? '', 'base64').toString('latin1'), 'bookstore/bookstore-v2|14001');
    assert.is(resources.some(({ type }) => type === 'secret'), false);
    for (const path of ['/resources', '/resources?proxy=bookbuyer', '/resources?proxy=__proto__']) {
      assert.is((await ask(admin, path)).code, 404, path);
    }
  });
});

test('not ready while it drains, but alive', async () => {
  await withAdmin(
    async (admin) => {
      assert.equal((await ask(admin, '/readyz')).code, 503);
      assert.equal((await ask(admin, '/healthz')).code, 200);
    },
    '127.0.0.1',
    'draining',
  );
});

test('on loopback, a web page in a browser on this machine gets nothing under a name of its own', async () => {
  const asked = async (admin: AdminServer, host: string): Promise<number | undefined> => (await ask(admin, '/status', { headers: { host } })).code;
  await withAdmin(async (admin) => {
    for (const host of ['localhost', 'localhost:9091', '127.0.0.1:1', '[::1]:9091']) {
      assert.is(await asked(admin, host), 200, host);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1:9091']) {
      assert.is(await asked(admin, host), 403, host);
    }
  });
  await withAdmin(async (admin) => assert.is(await asked(admin, '10.0.0.1:9091'), 200), '0.0.0.0');
});

test('a page that fails is a 500, and tells nothing', async () => {
  const lines: string[] = [];
  const admin = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    status: () => {
      throw new Error('secret words');
    },
    configurations: () => configurations,
    log: createLog('info', { write: (line: string) => void lines.push(line) }),
  });
  assert.equal(await ask(admin, '/status'), { code: 500, type: 'text/plain; charset=utf-8', text: 'internal error\n' });
  assert.match(lines.join(''), 'secret words');
  await admin.close();
});

test.run();
