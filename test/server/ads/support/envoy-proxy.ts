import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceTypes, type ResourceType } from '../../../../compiler/artifact/artifact.ts';
import type { LoadedArtifact } from '../../../../compiler/artifact/loaded-artifact.ts';
import type { ProxyStatus } from '../../../../server/ads/proxy-status.ts';
import { startEnvoyProcess, type EnvoyProcess } from '../../../envoy/envoy-process.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** A real Envoy and the server that it gets everything from. */
export interface EnvoyProxy {
  readonly envoy: EnvoyProcess;
  server(): TestServer;
  /** Waits until the proxy is as `ready` says, and has answered everything. */
  until(ready: (status: ProxyStatus) => boolean): Promise<ProxyStatus>;
  /** Another server takes the place of the present one. */
  replace(artifact: LoadedArtifact): Promise<void>;
  stop(): Promise<void>;
}

export interface EnvoyProxyOptions {
  readonly binary: string;
  readonly mode: 'sotw' | 'delta';
  readonly identity: string;
  readonly node: string;
}

export async function startEnvoyProxy(artifact: LoadedArtifact, { binary, mode, identity, node }: EnvoyProxyOptions): Promise<EnvoyProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'smic-ads-'));
  const socket = join(folder, 'ads');
  let server = await startTestServer(artifact, { socket, identity });
  const envoy = startEnvoyProcess(binary, folder, { node, mode });
  const settled = ({ types }: ProxyStatus): boolean => {
    const count = (key: string, type: ResourceType): number => server.counts.get(`${key}{${type}}`) ?? 0;
    const answered = resourceTypes.every((type) => count('pushes', type) === count('acks', type) + count('nacks', type));
    return answered && resourceTypes.every((type) => types[type].state !== 'STALE');
  };
  return {
    envoy,
    server: () => server,
    async until(ready) {
      for (const deadline = Date.now() + 12_000; ; ) {
        const [status] = server.ads.statuses();
        if (status && settled(status) && ready(status)) {
          return status;
        }
        if (Date.now() > deadline) {
          throw new Error(`Envoy doesn't come to rest: ${JSON.stringify(status)} ${envoy.newWarnings().join('\n')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async replace(next) {
      await server.stop();
      server = await startTestServer(next, { socket, identity });
    },
    async stop() {
      await server.stop();
      await envoy.stop();
    },
  };
}

/** Responses sent so far, by type. */
export function pushes({ counts }: TestServer): Readonly<Record<ResourceType, number>> {
  return Object.fromEntries(resourceTypes.map((type) => [type, counts.get(`pushes{${type}}`) ?? 0])) as Record<ResourceType, number>;
}

/** By how much these grew since. Types that got nothing are left out. */
export function pushedSince(server: TestServer, before: Readonly<Record<ResourceType, number>>): Partial<Record<ResourceType, number>> {
  const now = pushes(server);
  return Object.fromEntries(resourceTypes.filter((type) => now[type] !== before[type]).map((type) => [type, now[type] - before[type]]));
}
