import { availableParallelism } from 'node:os';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { adminPort } from '../compiler/envoy/names.ts';
import { bootstrap } from '../server/bootstrap/bootstrap.ts';
import { secretFiles } from '../server/bootstrap/certificate-secrets.ts';
import { writeDurably } from '../server/certificates/private-files.ts';
import { createSystemClock } from '../server/certificates/system-clock.ts';
import type { Log } from '../server/log.ts';
import type { AgentSettings } from '../webhook/sidecar-contract.ts';
import { keepCertificate } from './keep-certificate.ts';
import { readPodEnvironment } from './pod-environment.ts';
import { runEnvoy } from './run-envoy.ts';

export interface AgentOptions extends AgentSettings {
  readonly envoy: string;
  /** Where everything is written. */
  readonly folder: string;
  /** Where token and trust bundle are. */
  readonly credentials: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Envoy's admin interface, within the pod. */
export const adminUrl = `http://127.0.0.1:${adminPort}`;

/** More threads make one sidecar hardly faster, and each costs memory on every node. */
const mostThreads = 2;

/**
 * A sidecar: gets a certificate, runs Envoy with it, and renews it. Gives Envoy's exit code; 0 where it's stopped before there is an Envoy. SIGTERM
 * and SIGINT stop it. Throws a TypeError for an environment or settings that make no sidecar, before anything is asked of anyone.
 */
export async function runAgent(options: AgentOptions): Promise<number> {
  const { folder, server, serverIdentity, log } = options;
  const { namespace, pod, uid, serviceAccount, trustBundle, probes, address } = readPodEnvironment(options.environment);
  const certificates = join(folder, 'certificates');
  const files = {
    'bootstrap.json': bootstrap({
      pod: `${namespace}/${pod}`,
      cluster: `${serviceAccount}.${namespace}`,
      metadata: { uid },
      server: { ...server, identity: serverIdentity },
      secretsFolder: folder,
      probes,
      ...(address !== undefined && { podAddress: address }),
      ipv6: options.ipv6,
    }),
    ...secretFiles(certificates),
  };
  const { stopped, release } = stopSignal();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) {
    await writeDurably(folder, name, JSON.stringify(content));
  }
  const clock = createSystemClock('foreground');
  const keeper = keepCertificate({ ...options, folder: certificates, trustBundle, clock, log });
  try {
    const early = await Promise.race([keeper.ready.then(() => false), stopped.then(() => true)]);
    if (early) {
      log.info({}, 'stopped before there was a certificate');
      return 0;
    }
    const args = [
      '--config-path', join(folder, 'bootstrap.json'),
      '--log-level', options.logLevel,
      '--concurrency', String(Math.min(mostThreads, availableParallelism())),
      // There is never a second one in a pod.
      '--disable-hot-restart',
      '--drain-strategy', 'immediate',
      ...(options.drainSeconds > 0 ? ['--drain-time-s', String(options.drainSeconds)] : []),
    ];
    return await runEnvoy({ binary: options.envoy, args, drainSeconds: options.drainSeconds, admin: adminUrl, stop: stopped, log });
  } finally {
    keeper.stop();
    release();
  }
}

/** Further signals are left to whoever runs Envoy: the process must not end before its child. */
function stopSignal(): { readonly stopped: Promise<void>; readonly release: () => void } {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return { stopped, release: () => void process.off('SIGTERM', stop).off('SIGINT', stop) };
}
