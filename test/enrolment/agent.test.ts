// The sidecar's process with a real Envoy and a real server. Envoy's admin interface has a fixed port: the network is the test's own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agentArguments } from '../../webhook/sidecar-contract.ts';
import { missingForMesh } from '../mesh/start-test-mesh.ts';
import { bookstoreArtifact } from '../server/support/bookstore-artifact.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { makeTestCa, type TestCa } from '../server/support/test-ca.ts';
import { startTestServer, type TestServer } from '../server/support/test-server.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { type KnownPods, knownPods } from './known-pods.ts';
import { moveToOwnNetwork } from './own-network.ts';

const root = join(import.meta.dirname, '..', '..');
moveToOwnNetwork(import.meta.filename);

const agents = suite('agent');
const test = missingForMesh() === undefined ? agents : agents.skip;
const pod = { namespace: 'bookbuyer', name: 'bookbuyer', uid: '5d1c3c4e-33d1-4b58-a6a0-3d3b0a5a1e01', serviceAccount: 'bookbuyer' };
const admin = 'http://127.0.0.1:15000';

interface Agent {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly lines: readonly string[];
  readonly ended: Promise<number | null>;
}

interface Setting {
  readonly ca: TestCa;
  readonly server: TestServer;
  readonly pods: KnownPods;
  start(options?: { readonly drainSeconds?: number; readonly serverIdentity?: string; readonly issuerPort?: number; readonly folder?: string; readonly envoy?: string }): Agent;
}

function setting(use: (setting: Setting) => Promise<void>, lifetimeSeconds = 3600): () => Promise<void> {
  return async () => {
    const ca = await makeTestCa();
    const pods = knownPods();
    pods.set(pod);
    const server = await startTestServer(ca, bookstoreArtifact({ v1: 100, v2: 0 }), { enrolment: { address: { host: '127.0.0.1', port: 0 }, cluster: pods, lifetimeSeconds } });
    const started: Agent[] = [];
    const start: Setting['start'] = ({ drainSeconds = 0, serverIdentity = server.identity, issuerPort, folder = join(temporaryFolder(), 'run'), envoy = process.env['ENVOY_BIN'] ?? '' } = {}) => {
      const credentials = temporaryFolder();
      writeFileSync(join(credentials, 'token'), `${pods.token(pod)}\n`);
      const args = agentArguments({
        server: server.adsAddress,
        issuer: { host: '127.0.0.1', port: issuerPort ?? server.enrolmentAddress?.port ?? 0 },
        serverIdentity,
        trustDomain: 'cluster.local',
        logLevel: 'warning',
        ipv6: false,
        drainSeconds,
      });
      const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'cli', 'main.ts'), 'agent', ...args, '--envoy', envoy, '--folder', folder, '--credentials', credentials], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          POD_NAME: pod.name,
          POD_NAMESPACE: pod.namespace,
          POD_UID: pod.uid,
          POD_IP: '10.1.2.3',
          SERVICE_ACCOUNT: pod.serviceAccount,
          SMIC_TRUST_BUNDLE: ca.issuer.trustBundle(),
          SMIC_PROBES: JSON.stringify([{ kind: 'readiness', container: 'envoy', http: { port: 15000, path: '/ready' } }]),
        },
      });
      const lines: string[] = [];
      child.stderr.on('data', (data: Buffer) => lines.push(...data.toString().trimEnd().split('\n')));
      const agent = { process: child, folder, lines, ended: once(child, 'exit').then(([code]) => code as number | null) };
      started.push(agent);
      return agent;
    };
    try {
      await use({ ca, server, pods, start });
    } finally {
      for (const { process: child, ended } of started) {
        child.kill('SIGTERM');
        child.kill('SIGTERM');
        await ended;
      }
      await server.close();
      ca.remove();
    }
  };
}

async function ready(): Promise<void> {
  await waitFor(async () => (await fetch(`${admin}/ready`).catch(() => undefined))?.ok);
}

async function activeSerials(): Promise<readonly string[]> {
  const { certificates } = (await (await fetch(`${admin}/certs`)).json()) as { certificates: readonly { cert_chain: readonly { serial_number: string }[] }[] };
  return certificates.flatMap(({ cert_chain: chain }) => chain.map(({ serial_number: serial }) => serial));
}

test(
  'a sidecar starts: certificate, Envoy ready with its configuration, files for nobody else, and ends with Envoy',
  setting(async ({ server, start }) => {
    const agent = start();
    await ready();
    const [status] = await waitFor(() => (server.status().proxies.length > 0 ? server.status().proxies : undefined));
    assert.is(status?.node, 'bookbuyer/bookbuyer');
    assert.is(status?.identity, 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer');
    assert.is((await fetch('http://127.0.0.1:15902/osm-readiness-probe/envoy')).status, 200);
    const certificates = join(agent.folder, 'certificates');
    for (const folder of [agent.folder, certificates]) {
      assert.is(statSync(folder).mode & 0o077, 0, folder);
      for (const name of readdirSync(folder)) {
        if (!lstatSync(join(folder, name)).isSymbolicLink()) assert.is(statSync(join(folder, name)).mode & 0o077, 0, name);
      }
    }
    agent.process.kill('SIGTERM');
    assert.is(await agent.ended, 0);
    assert.is(await fetch(`${admin}/ready`).catch(() => undefined), undefined, 'Envoy is gone');
  }),
);

test(
  "a certificate is renewed while Envoy runs, whose connection is the new one's once the old one has ended",
  setting(async ({ server, start }) => {
    const agent = start();
    await ready();
    const certificates = join(agent.folder, 'certificates');
    const read = (): X509Certificate => new X509Certificate(readFileSync(join(certificates, 'tls.crt')));
    const [first, link] = [read().serialNumber, readlinkSync(join(certificates, '..data'))];
    await waitFor(() => readlinkSync(join(certificates, '..data')) !== link);
    await waitFor(async () => (await activeSerials()).some((serial) => serial.toUpperCase().padStart(32, '0') === read().serialNumber.padStart(32, '0')));
    assert.is.not(read().serialNumber, first);
    assert.is(readdirSync(certificates).filter((name) => name.startsWith('..version-')).length, 1, 'old keys are removed');
    const connected = server.status().proxies[0]?.connectedAt ?? 0;
    // The server closes the connection of a certificate that has ended.
    await waitFor(() => (server.status().proxies[0]?.connectedAt ?? 0) > connected);
    assert.is(agent.process.exitCode, null);
    assert.not.match(agent.lines.join('\n'), /cannot get a certificate/);
  }, 12),
);

test(
  "no Envoy without a certificate: the server away, the token refused, another's identity; it is tried until it works",
  setting(async ({ pods, start }) => {
    pods.away = true;
    const agent = start();
    await waitFor(() => agent.lines.some((line) => line.includes('no certificate can be issued at this time')));
    assert.is(await fetch(`${admin}/ready`).catch(() => undefined), undefined);
    pods.away = false;
    await ready();
    agent.process.kill('SIGTERM');
    assert.is(await agent.ended, 0);

    const deceived = start({ serverIdentity: 'spiffe://cluster.local/ns/smic-system/sa/another' });
    await waitFor(() => deceived.lines.some((line) => line.includes('it is not spiffe://cluster.local/ns/smic-system/sa/another')));
    deceived.process.kill('SIGTERM');
    assert.is(await deceived.ended, 0);
  }),
);

test(
  'a container that is started again uses what lies there, also while the server is away',
  setting(async ({ start, server }) => {
    const first = start();
    await ready();
    first.process.kill('SIGTERM');
    await first.ended;
    const issued = await server.metric('smic_enrolments_total');
    const second = start({ folder: first.folder, issuerPort: 1 });
    await ready();
    assert.is(await server.metric('smic_enrolments_total'), issued);
    second.process.kill('SIGTERM');
    assert.is(await second.ended, 0);
  }),
);

test(
  'SIGTERM drains: Envoy goes on, and clients are told to open another connection',
  setting(async ({ start }) => {
    const agent = start({ drainSeconds: 3 });
    await ready();
    const probe = 'http://127.0.0.1:15902/osm-readiness-probe/envoy';
    assert.is.not((await fetch(probe)).headers.get('connection'), 'close');
    agent.process.kill('SIGTERM');
    await waitFor(async () => (await fetch(probe)).headers.get('connection') === 'close');
    assert.is(agent.process.exitCode, null);
    assert.is(await agent.ended, 0);
  }),
);

test(
  "Envoy's exit code is the sidecar's, and what can't be run is said",
  setting(async ({ start }) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'envoy'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
    assert.is(await start({ envoy: join(folder, 'envoy') }).ended, 7);
    writeFileSync(join(folder, 'killed'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    assert.is(await start({ envoy: join(folder, 'killed') }).ended, 137);
    const missing = start({ envoy: join(folder, 'missing') });
    assert.is(await missing.ended, 2);
    assert.match(missing.lines.join('\n'), /cannot run .*missing: no such file or folder/);
  }),
);

agents.run();
