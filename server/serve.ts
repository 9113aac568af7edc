import { Server } from '@grpc/grpc-js';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ArtifactError } from '../compiler/artifact/artifact-error.ts';
import { invariant } from '../compiler/diagnostics/invariant.ts';
import { adsMetrics } from './admin/ads-metrics.ts';
import { rootsOf } from './admin/roots-of.ts';
import { bothEvents, secretLog } from './admin/secret-log.ts';
import { startAdminServer } from './admin/admin-server.ts';
import { serverMetrics } from './admin/server-metrics.ts';
import type { StatusDocument } from './admin/status-document.ts';
import { type AdsServer, createAdsServer } from './ads/ads-server.ts';
import { openArtifactSource } from './artifacts/artifact-source.ts';
import { openInternalCA } from './certificates/internal-ca.ts';
import { systemClock } from './certificates/system-clock.ts';
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
import { identityOf, type VerifiedCall } from './tls/identity-of.ts';
import { startSecureListener } from './tls/secure-listener.ts';
import { openServerCertificate } from './tls/server-certificate.ts';

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
  let state: StatusDocument['state'] = 'serving';
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
  const identities = (call: VerifiedCall): string | Error => identityOf(call, trustDomain ?? '');
  const source = await openArtifactSource({
    path: options.artifact,
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
        ads = createAdsServer({ configurations, secrets, log, metrics: adsMetrics(registry), clock, identityOf: identities });
      }
    },
  });
  closers.push(() => source.close());
  invariant(ads && trustDomain, 'an artifact is loaded, but there is no ADS server');
  const core: AdsServer = ads;
  const configurations = (): Configurations => {
    invariant(served, 'an artifact is loaded, but nothing is served');
    return served;
  };

  const identity = options.identity ?? defaultServerIdentity(trustDomain);
  const request = { identity, dnsNames: options.dnsNames ?? defaultDnsNames, lifetimeSeconds: lifetimeSeconds() };
  let renewed = (): void => {};
  const certificate = await openServerCertificate(ca, request, clock, log, () => renewed());
  closers.push(() => certificate.close());

  const server = new Server(serverOptions);
  core.addTo(server);
  const standard = addStandardServices(server);
  const connections = grpcConnections(server);
  const listener = await startSecureListener({
    ...(options.address ?? defaultAddress),
    trustDomain,
    credentials: certificate.credentials(),
    limits: { ...defaultConnectionLimits, ...options.limits },
    clock,
    log,
    accept: connections.accept,
    refused: metrics.connectionRefused,
  });
  const enrolment = options.enrolment && (await openEnrolment(options.enrolment, certificate.credentials(), {
    certifier: ca,
    trustDomain,
    isServed: (name, pod) => selectConfiguration(configurations(), name, pod) !== undefined,
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
    await connections.drain(0);
  });
  const admin = await startAdminServer({ ...(options.adminAddress ?? defaultAdminAddress), registry, log, status, configurations });
  closers.push(() => admin.close());
  metrics.observe({
    now: () => clock.now(),
    connections: listener.connections,
    artifact: source.status,
    certificatesUntil: () => ({ server: [certificate.until()], root: rootsOf(ca.trustBundle()).map(({ until }) => until), workload: [secrets.status().firstEnd ?? []].flat() }),
  });
  const adsAddress = { host: listener.host, port: listener.port };
  const adminAddress = { host: admin.host, port: admin.port };
  const enrolmentAddress = enrolment?.address;
  log.info({ address: adsAddress, admin: adminAddress, ...(enrolmentAddress && { enrolment: enrolmentAddress }), identity, trustDomain, artifact: source.status().digest, issuer: ca.issuerId() }, 'serving');

  function status(): StatusDocument {
    return {
      now: clock.now(),
      startedAt,
      state,
      trustDomain: trustDomain ?? '',
      connections: listener.connections(),
      artifact: source.status(),
      certificates: secrets.status(),
      roots: rootsOf(ca.trustBundle()),
      server: { identity, certificateUntil: certificate.until() },
      proxies: core.statuses(),
    };
  }

  async function drain(): Promise<void> {
    const limit = (options.drainSeconds ?? defaultDrainSeconds) * 1000;
    state = 'draining';
    log.info({ connections: listener.connections(), seconds: limit / 1000 }, 'draining: proxies are sent elsewhere');
    standard.stopServing();
    listener.stop();
    // Who has no certificate yet asks another server.
    await enrolment?.close();
    // The streams end first, so that each proxy has all that was under way to it.
    await within(core.drain(), limit);
    await connections.drain(limit);
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

/** Settles when `work` does, and at the latest after so many milliseconds. */
async function within(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
