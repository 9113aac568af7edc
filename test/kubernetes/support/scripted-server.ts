import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadClusterAccess } from '../../../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../../../server/kubernetes/client/kube-client.ts';
import { makeTestCa, type TestCa } from '../../server/support/test-ca.ts';
import { temporaryFolder } from '../../server/support/temporary-folder.ts';

/** A server over TLS that misbehaves on demand: what a real API server can't be made to do at will. */
export interface ScriptedServer {
  readonly url: string;
  readonly ca: TestCa;
  /** What each request is answered with. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** `METHOD path?query` of all requests so far. */
  readonly requests: string[];
  readonly connections: () => number;
  readonly client: (user?: object) => Promise<KubeClient>;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const ca = await makeTestCa();
  const { chain, privateKey } = await ca.issuer.issue({ identity: 'spiffe://cluster.local/ns/a/sa/b', dnsNames: ['localhost'], lifetimeSeconds: 3600 });
  const requests: string[] = [];
  let connections = 0;
  const server: Server = createServer({ cert: chain, key: privateKey }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    if (request.url === '/api/v1') {
      json(response, 200, { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }, { name: 'pods/log', kind: 'Pod', namespaced: true }, { name: 'nodes', kind: 'Node', namespaced: false }] });
    } else {
      scripted.answer(request, response);
    }
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const scripted: ScriptedServer = {
    url,
    ca,
    answer: (_request, response) => json(response, 404, {}),
    requests,
    connections: () => connections,
    client: async (user = {}) => createKubeClient(await loadClusterAccess({ kubeconfig: writeKubeConfig(url, ca.issuer.trustBundle(), user) }), { userAgent: 'smic-test' }),
    async close() {
      server.close();
      server.closeAllConnections();
      ca.remove();
    },
  };
  return scripted;
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Writes a kubeconfig with one context, `test`, in the namespace `shop`; gives its path. */
function writeKubeConfig(server: string, ca: string, user: object): string {
  const file = join(temporaryFolder(), 'config');
  const config = {
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'shop' } }],
    'current-context': 'test',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
