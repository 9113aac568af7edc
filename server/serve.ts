import { Server } from '@grpc/grpc-js';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ArtifactError } from '../compiler/artifact/artifact-error.ts';
import { invariant } from '../compiler/diagnostics/invariant.ts';
import { adsMetrics } from './admin/ads-metrics.ts';
import { rootsOf } from './admin/roots-of.ts';
import { bothEvents, secretLog } from './admin/secret-log.ts';
import { startAdminServer } from './admin/admin-server.ts';
import { clusterMetrics } from './admin/cluster-metrics.ts';
import { serverMetrics } from './admin/server-metrics.ts';
import type { StatusDocument } from './admin/status-document.ts';
import { type AdsServer, createAdsServer } from './ads/ads-server.ts';
import { openInternalCA } from './certificates/internal-ca.ts';
import { systemClock } from './certificates/system-clock.ts';
import { openSource } from './configuration-source.ts';
import type { Configurations } from './configuration/configuration.ts';
import { configurationsOf, selectConfiguration } from './configuration/configurations.ts';
import { openEnrolment } from './enrolment/open-enrolment.ts';
import { addStandardServices } from './grpc/standard-services.ts';
import { serverOptions } from './grpc/server-options.ts';
import { errorWords } from './log.ts';
import { createSecretService } from './secrets/workload-secrets.ts';
import {
  type Address,
  defaultAddress,
  defaultAdminAddress,
  defaultCertificateLifetimeSeconds,
  defaultDnsNames,
  defaultDrainSeconds,
  defaultServerIdentity,
  type ServeOptions,
} from './serve-options.ts';
import { defaultConnectionLimits } from './tls/connection-counts.ts';
import { grpcConnections } from './tls/grpc-connections.ts';
import { startSecureListener } from './tls/secure-listener.ts';
import { openServerCertificate } from './tls/server-certificate.ts';
import { verifiedPeer } from './tls/verified-peer.ts';

/** A server that runs. */
export interface RunningServer {
  readonly adsAddress: Address;
  readonly adminAddress: Address;
  /** Where pods' tokens are exchanged for certificates. */
  readonly enrolmentAddress: Address | undefined;
  status(): StatusDocument;
  /** Looks for a new artifact and a changed CA now, whatever was noticed of them; settles when that is done. */
  reload(): Promise<void>;
  /** Sends proxies elsewhere, and ends. Settles within the time for draining and a little. */
  close(): Promise<void>;
}

/**
 * Starts an xDS server: without state, so there may be any number with the same artifact and CA. Rejects where the artifact or the
 * CA can't be used, or an address is taken; nothing is left open then.
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const closers: Closer[] = [];
  try {
    return await start(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

type Closer = () => void | Promise<void>;

async function start(options: ServeOptions, closers: Closer[]): Promise<RunningServer> {
  const { log, clock = systemClock } = options;
  const startedAt = clock.now();
  let state: StatusDocument['state'] = 'starting';
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = serverMetrics(registry);

  const onProblem = (error: unknown): void => log.error({ error: errorWords(error) }, 'cannot use the changed CA; the one before stays in use');
  const ca = await openInternalCA(options.ca, clock, { onProblem });
  closers.push(() => ca.close());
  let served: Configurations | undefined;
  const lifetimeSeconds = (): number => options.certificateLifetimeSeconds ?? served?.certificateSeconds ?? defaultCertificateLifetimeSeconds;
  const secrets = createSecretService(ca, clock, { lifetimeSeconds, events: bothEvents(metrics.secretEvents, secretLog(log)) });
  closers.push(() => secrets.close());

  let ads: AdsServer | undefined;
  let { trustDomain } = options;
  const source = openSource(options, {
    log,
    loaded: metrics.artifactLoaded,
    prepare: (artifact) => {
      trustDomain ??= artifact.mesh.trustDomain;
      if (artifact.mesh.trustDomain !== trustDomain) {
        throw new ArtifactError(`its trust domain is ${artifact.mesh.trustDomain}, and this server's ${trustDomain}`);
      }
      return configurationsOf(artifact, served);
    },
    swap: (configurations) => {
      served = configurations;
      if (ads) {
        ads.update(configurations);
      } else {
        ads = createAdsServer({ configurations, secrets, log, metrics: adsMetrics(registry), clock, peerOf: (call) => verifiedPeer(call, trustDomain ?? '') });
      }
    },
  });
  closers.push(() => source.close());
  // Before there is anything to serve: who waits for it sees why.
  let connections = (): number => 0;
  let ownCertificate: () => StatusDocument['server'] = () => undefined;
  const admin = await startAdminServer({ ...(options.adminAddress ?? defaultAdminAddress), registry, log, status, configurations: () => served });
  closers.push(() => admin.close());
  const cluster = source.cluster();
  if (cluster) {
    clusterMetrics(registry, () => source.cluster() ?? cluster);
    log.info({ apiServer: cluster.server, admin: { host: admin.host, port: admin.port } }, 'waits until all of the cluster is known');
  }
  await until(source.ready, options.signal);
  invariant(ads && trustDomain, 'an artifact is loaded, but there is no ADS server');
  const core: AdsServer = ads;

  const identity = options.identity ?? defaultServerIdentity(trustDomain);
  const request = { identity, dnsNames: options.dnsNames ?? defaultDnsNames, lifetimeSeconds: lifetimeSeconds() };
  let renewed = (): void => {};
  const certificate = await openServerCertificate(ca, request, clock, log, () => renewed());
  closers.push(() => certificate.close());

  const server = new Server(serverOptions);
  core.addTo(server);
  const standard = addStandardServices(server);
  const streams = grpcConnections(server);
  const listener = await startSecureListener({
    ...(options.address ?? defaultAddress),
    trustDomain,
    credentials: certificate.credentials(),
    limits: { ...defaultConnectionLimits, ...options.limits },
    clock,
    log,
    accept: streams.accept,
    refused: metrics.connectionRefused,
  });
  const enrolment = options.enrolment && (await openEnrolment(options.enrolment, certificate.credentials(), {
    certifier: ca,
    trustDomain,
    isServed: (name, pod) => served !== undefined && selectConfiguration(served, name, pod) !== undefined,
    clock,
    log,
    done: metrics.enrolled,
  }));
  closers.push(async () => enrolment?.close());
  renewed = () => {
    listener.update(certificate.credentials());
    enrolment?.update(certificate.credentials());
  };
  // It may have changed while the listener was started.
  renewed();
  closers.push(async () => {
    listener.stop();
    await streams.drain(0);
  });
  connections = listener.connections;
  ownCertificate = () => ({ identity, certificateUntil: certificate.until() });
  state = 'serving';
  metrics.observe({
    now: () => clock.now(),
    connections,
    artifact: source.status,
    certificatesUntil: () => ({ server: [certificate.until()], root: rootsOf(ca.trustBundle()).map(({ until }) => until), workload: [secrets.status().firstEnd ?? []].flat() }),
  });
  const adsAddress = { host: listener.host, port: listener.port };
  const adminAddress = { host: admin.host, port: admin.port };
  const enrolmentAddress = enrolment?.address;
  log.info({ address: adsAddress, admin: adminAddress, ...(enrolmentAddress && { enrolment: enrolmentAddress }), identity, trustDomain, artifact: source.status().digest, issuer: ca.issuerId() }, 'serving');

  function status(): StatusDocument {
    const following = source.cluster();
    return {
      now: clock.now(),
      startedAt,
      state,
      trustDomain: trustDomain ?? '',
      connections: connections(),
      artifact: source.status(),
      ...(following && { cluster: following }),
      certificates: secrets.status(),
      roots: rootsOf(ca.trustBundle()),
      server: ownCertificate(),
      proxies: ads?.statuses() ?? [],
    };
  }

  async function drain(): Promise<void> {
    const limit = (options.drainSeconds ?? defaultDrainSeconds) * 1000;
    state = 'draining';
    log.info({ connections: connections(), seconds: limit / 1000 }, 'draining: proxies are sent elsewhere');
    standard.stopServing();
    listener.stop();
    // Who has no certificate yet asks another server.
    await enrolment?.close();
    // The streams end first, so that each proxy has all that was under way to it.
    await within(core.drain(), limit);
    await streams.drain(limit);
    await closeAll(closers);
    log.info({}, 'ended');
  }

  let closing: Promise<void> | undefined;
  return {
    adsAddress,
    adminAddress,
    enrolmentAddress,
    status,
    async reload() {
      await Promise.all([ca.reload().catch(onProblem), source.reload('signal')]);
    },
    close: () => (closing ??= drain()),
  };
}

/** Closes what was opened, the last first. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of [...closers].reverse()) {
    await close();
  }
}

/** Settles when `work` does; rejects with the signal's reason when that is aborted before. */
async function until(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    void work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}

/** Settles when `work` does, and at the latest after so many milliseconds. */
async function within(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
