// Servers come and go, and bad artifacts are pushed, under load: sidecars go on with what they have, and no request fails.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeIPv4 } from '../../../demo/rig/network.ts';
import { runScript } from '../../../demo/rig/shell.ts';
import type { ServerProcess } from '../../../demo/mesh/server-process.ts';
import { encodeBundle } from '../../../compiler/artifact/bundle.ts';
import type { RouteConfiguration, VirtualHost } from '../../../compiler/envoy/generated/api.ts';
import { resourceTypes } from '../../../compiler/artifact/artifact.ts';
import type { ProxyStatus } from '../../../server/ads/proxy-status.ts';
import { defaultAddress, defaultAdminAddress } from '../../../server/serve-options.ts';
import { reporting } from '../../mesh/reporting.ts';
import { missingForMesh } from '../../mesh/start-test-mesh.ts';
import { place } from './edited-artifact.ts';
import { type LoadedBookstore, serverStatus, startBookstore } from './loaded-bookstore.ts';
import { until } from './until.ts';

const servers = suite('servers');
const test = missingForMesh() === undefined ? servers : servers.skip;

let bookstore: LoadedBookstore;
/** The one that sidecars reach. */
let server: ServerProcess;

servers.before(
  reporting(async () => {
    if (test !== servers) {
      return;
    }
    bookstore = await startBookstore();
    ({ server } = bookstore.mesh);
  }),
);

servers.after(() => bookstore?.stop());

/** Waits until all sidecars are connected to a server and have acknowledged everything. */
async function synced(to: ServerProcess): Promise<void> {
  const isSynced = ({ types }: ProxyStatus): boolean => Object.values(types).every(({ state }) => state === 'SYNCED' || state === 'NOT SENT') && types.secret.state === 'SYNCED';
  await until('all sidecars in sync', async () => {
    const { proxies } = await serverStatus(to);
    return proxies.length === bookstore.mesh.pods.length && proxies.every(isSynced);
  });
}

/** Waits until so many more requests are sent. */
async function more(requests: number): Promise<void> {
  const { sent } = bookstore;
  const wanted = (await sent()) + requests;
  await until(`${requests} more requests`, async () => (await sent()) >= wanted);
}

/** How many resources of each type a server has sent. */
async function pushed(by: ServerProcess): Promise<Readonly<Record<string, number>>> {
  const { body } = await by.admin('/metrics');
  const counts = new Map([...body.matchAll(/^smic_ads_pushed_resources_total\{type="(\w+)"\} (\d+)$/gm)].map(([, type = '', count]) => [type, Number(count)]));
  return Object.fromEntries(resourceTypes.map((type) => [type, counts.get(type) ?? 0]));
}

/** What a server sends to sidecars that have everything: a certificate of a new key for each stream. */
function onlyCertificates(): Readonly<Record<string, number>> {
  return { cluster: 0, endpoint: 0, secret: bookstore.mesh.pods.length, listener: 0, route: 0 };
}

test('the server is killed and comes back: no request fails, and nothing is sent twice', async () => {
  const { mesh, underLoad } = bookstore;
  await synced(server);
  await underLoad(async () => {
    await server.stop('SIGKILL');
    await more(600);
    server = await mesh.serve();
    await synced(server);
    await more(300);
  });
  assert.equal(await pushed(server), onlyCertificates());
});

test('two replicas take over from each other: no request fails, and nothing is sent twice', async () => {
  const { mesh, underLoad } = bookstore;
  const { port } = defaultAddress;
  const second = { port: port + 1, adminPort: defaultAdminAddress.port + 1 };
  // As kube-proxy does it when a Service's endpoints change: connections that exist stay where they are.
  const redirect = (add: boolean): Promise<string> =>
    runScript(`ip netns exec ${mesh.node} iptables -t nat ${add ? '-I' : '-D'} PREROUTING -d ${nodeIPv4} -p tcp --dport ${port} -j REDIRECT --to-ports ${second.port}`);
  await synced(server);
  await underLoad(async () => {
    const other = await mesh.serve(second);
    await redirect(true);
    await server.stop();
    await synced(other);
    assert.equal(await pushed(other), onlyCertificates());
    server = await mesh.serve();
    await redirect(false);
    await other.stop();
    await synced(server);
    await more(300);
  });
  assert.equal(await pushed(server), onlyCertificates());
});

test('artifacts that the server refuses: it says so and serves on, and no request fails', async () => {
  const { mesh, apply, underLoad } = bookstore;
  const good = readFileSync(mesh.artifact);
  const { digest } = (await serverStatus(server)).artifact;
  const damaged = Buffer.from(good);
  damaged.writeUInt8((damaged.at(-1) ?? 0) ^ 1, damaged.length - 1);
  await underLoad(async () => {
    for (const [what, bytes] of [
      ['half of it', good.subarray(0, good.length / 2)],
      ['another bit', damaged],
      ['no artifact', randomBytes(5_000)],
      ['nothing', Buffer.alloc(0)],
      ['what contradicts itself', encodeBundle(bookstore.edited(({ type, message }) => (type === 'route' ? withHosts(message, (hosts) => [...hosts, ...hosts]) : message)))],
    ] as const) {
      const before = (await serverStatus(server)).artifact.refused?.at;
      place(mesh.artifact, bytes);
      await until(`${what} is refused`, async () => ((await serverStatus(server)).artifact.refused?.at ?? before) !== before);
      assert.match((await server.admin('/metrics')).body, /^smic_artifact_refused 1$/m);
      assert.match(readFileSync(server.log, 'utf8'), 'refused a new artifact');
    }
    assert.is((await serverStatus(server)).artifact.digest, digest);
    apply();
    await until('the good one is back', async () => (await serverStatus(server)).artifact.refused === undefined);
    await more(300);
  });
  await synced(server);
});

test('an artifact that sidecars refuse: it is told, they go on with what they have, and no request fails', async () => {
  const { apply, underLoad } = bookstore;
  await underLoad(async () => {
    // What Envoy's own rules forbid, and neither the encoding nor the server's look at the whole: no time to connect, no name.
    apply(({ type, message }) => {
      if (type === 'cluster') {
        return { ...message, connect_timeout: '0s' };
      }
      return type === 'route' ? withHosts(message, (hosts) => hosts.map((host) => ({ ...host, name: '' }))) : message;
    });
    const refused = async (): Promise<readonly ProxyStatus[]> => (await serverStatus(server)).proxies.filter(({ types }) => types.cluster.state === 'NACKED' && types.route.state === 'NACKED');
    await until('the refusals', async () => (await refused()).length === bookstore.mesh.pods.length);
    for (const { types } of await refused()) {
      assert.match(types.cluster.reason ?? '', 'ConnectTimeout');
      assert.match(types.route.reason ?? '', 'VirtualHostValidationError');
      assert.match(types.route.sources?.[0]?.file ?? '', /\.(yaml|json)$/);
    }
    await more(600);
    apply();
    await synced(server);
    await more(300);
  });
});

function withHosts(message: object, change: (hosts: readonly VirtualHost[]) => readonly VirtualHost[]): object {
  const { virtual_hosts: hosts = [], ...rest } = message as RouteConfiguration;
  return { ...rest, virtual_hosts: change(hosts) };
}

servers.run();
