import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Authority } from '../../server/certificates/authority.ts';
import { parseAuthority } from '../../server/certificates/ca-folder.ts';
import { issueLeaf } from '../../server/certificates/issue-leaf.ts';
import type { IssuedCertificate } from '../../server/certificates/issuer.ts';
import type { KeyType } from '../../server/certificates/key-type.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { findEnvoy } from '../runner/find-envoy.ts';
import { inFolder } from './in-folder.ts';
import { createTestClock } from './test-clock.ts';

const envoy = findEnvoy();
const hour = 3_600_000;
/** A CA that's a day old. */
const mesh = async (keyType: KeyType): Promise<Authority> => parseAuthority(await makeRoot(keyType, 3650, createTestClock(Date.now() - 24 * hour)));
const leaf = async (authority: Authority, name: string, keyType: KeyType, ago = 0): Promise<IssuedCertificate> =>
  issueLeaf(authority, keyType, { identity: `spiffe://cluster.local/ns/test/sa/${name}`, lifetimeSeconds: 3600 }, Date.now() - ago);

/** An Envoy with a listener `in` that takes TLS from `client` only, and a listener `out` that speaks TLS to `node`, all on sockets in `folder`. */
async function withEnvoy(folder: string, authority: Authority, own: IssuedCertificate, use: () => Promise<void>): Promise<void> {
  const context = (peer: string): object => ({
    tls_certificates: [{ certificate_chain: { inline_string: own.chain }, private_key: { inline_string: own.privateKey } }],
    validation_context: { trusted_ca: { inline_string: authority.root }, match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: `spiffe://cluster.local/ns/test/sa/${peer}` } }] },
  });
  const type = (name: string, message: object): object => ({ name: 'x', typed_config: { '@type': `type.googleapis.com/envoy.extensions.${name}`, ...message } });
  const pipe = (name: string): object => ({ pipe: { path: join(folder, name) } });
  const config = {
    admin: { address: pipe('admin') },
    static_resources: {
      listeners: [
        {
          name: 'in',
          address: pipe('in'),
          filter_chains: [
            {
              transport_socket: type('transport_sockets.tls.v3.DownstreamTlsContext', { require_client_certificate: true, common_tls_context: context('client') }),
              filters: [
                type('filters.network.http_connection_manager.v3.HttpConnectionManager', {
                  stat_prefix: 'in',
                  route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'taken' } }, response_headers_to_add: [{ header: { key: 'peer', value: '%DOWNSTREAM_PEER_URI_SAN% [%DOWNSTREAM_PEER_SUBJECT%]' } }] }] }] },
                  http_filters: [type('filters.http.router.v3.Router', {})],
                }),
              ],
            },
          ],
        },
        { name: 'out', address: pipe('out'), filter_chains: [{ filters: [type('filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'out', cluster: 'node' })] }] },
      ],
      clusters: [
        {
          name: 'node',
          transport_socket: type('transport_sockets.tls.v3.UpstreamTlsContext', { common_tls_context: context('server') }),
          load_assignment: { cluster_name: 'node', endpoints: [{ lb_endpoints: [{ endpoint: { address: pipe('node') } }] }] },
        },
      ],
    },
  };
  writeFileSync(join(folder, 'envoy.json'), JSON.stringify(config));
  const child = spawn(envoy.path ?? '', ['-c', join(folder, 'envoy.json'), '-l', 'error', '--use-dynamic-base-id', '--concurrency', '1'], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Ends it, whatever becomes of this process.
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$1"', 'guard', String(child.pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  try {
    for (let tries = 0; tries < 300 && !(await answers(join(folder, 'in'))); tries += 1) {
      assert.is(child.exitCode, null);
      await setTimeout(50);
    }
    await use();
  } finally {
    guard.stdin.end();
    await ended;
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connectSocket(path);
  const result = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return result;
}

/** What Envoy's listener answers to a TLS client; an error's words where there's no answer. */
async function ask(folder: string, authority: Authority, own: IssuedCertificate | undefined): Promise<string> {
  const socket = connect({ path: join(folder, 'in'), ca: authority.root, servername: '', checkServerIdentity: () => undefined, ...(own && { cert: own.chain, key: own.privateKey }) });
  return conversation(socket, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
}

async function conversation(socket: TLSSocket | ReturnType<typeof connectSocket>, text: string): Promise<string> {
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.write(text);
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve(String(error))).on('close', () => resolve(answer));
  });
}

for (const keyType of ['ecdsa', 'rsa'] as const) {
  (envoy.path === undefined ? test.skip : test)(`Envoy and Node shake hands with leaves with ${keyType} keys, each as client and as server`, async () => {
    const [authority, foreign] = [await mesh(keyType), await mesh(keyType)];
    const own = await leaf(authority, 'server', keyType);
    await inFolder(async (_, folder) => {
      await withEnvoy(folder, authority, own, async () => {
        assert.match(await ask(folder, authority, await leaf(authority, 'client', keyType)), /200 OK[\s\S]*peer: spiffe:\/\/cluster\.local\/ns\/test\/sa\/client \[\][\s\S]*taken/);
        const refused = /alert|ECONNRESET/;
        assert.match(await ask(folder, authority, await leaf(authority, 'thief', keyType)), refused);
        assert.match(await ask(folder, authority, await leaf(foreign, 'client', keyType)), refused);
        assert.match(await ask(folder, authority, await leaf(authority, 'client', keyType, 2 * hour)), refused);
        assert.match(await ask(folder, authority, undefined), refused);

        const seen: string[] = [];
        const certificate = { cert: own.chain, key: own.privateKey, ca: authority.root };
        const server = createServer({ ...certificate, requestCert: true, rejectUnauthorized: true, ALPNProtocols: [] }, (socket) => {
          seen.push(socket.getPeerX509Certificate()?.subjectAltName ?? '');
          socket.end('welcome');
        });
        server.listen(join(folder, 'node'));
        await once(server, 'listening');
        assert.is(await conversation(connectSocket(join(folder, 'out')), ''), 'welcome');
        assert.equal(seen, ['URI:spiffe://cluster.local/ns/test/sa/server']);
        // Another identity than the one that Envoy expects.
        const other = await leaf(authority, 'other', keyType);
        server.setSecureContext({ cert: other.chain, key: other.privateKey, ca: authority.root });
        assert.is.not(await conversation(connectSocket(join(folder, 'out')), ''), 'welcome');
        server.close();
      });
    });
  });
}

test.run();
