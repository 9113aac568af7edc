import { Counter, Histogram, type Registry } from 'prom-client';
import type { LoadResult } from '../artifacts/artifact-source.ts';
import type { EnrolmentRefusal } from '../enrolment/enrolment-error.ts';
import type { SecretEvents } from '../secrets/secret-events.ts';
import type { Refusal } from '../tls/refusal.ts';
import { freshGauges } from './fresh-gauge.ts';

/** What is counted of connections, artifacts and certificates. What streams do is counted in ads-metrics. */
export interface ServerMetrics {
  connectionRefused(reason: Refusal): void;
  artifactLoaded(result: LoadResult): void;
  readonly secretEvents: SecretEvents;
  enrolled(outcome: 'issued' | EnrolmentRefusal, seconds: number): void;
  /** Says where to ask for what is only looked up when metrics are read. */
  observe(sources: MetricSources): void;
}

/** What is asked for whenever metrics are read. Ends of certificates: milliseconds since 1970. */
export interface MetricSources {
  readonly now: () => number;
  readonly connections: () => number;
  readonly artifact: () => { readonly digest: string; readonly refused?: unknown };
  readonly certificatesUntil: () => Readonly<Record<'server' | 'root' | 'workload', readonly number[]>>;
}

const dayMilliseconds = 86_400_000;

export function serverMetrics(registry: Registry): ServerMetrics {
  const registers = [registry];
  const refusals = new Counter({ name: 'smic_connections_refused_total', help: 'Connections refused before any stream, by reason.', labelNames: ['reason'], registers });
  const loads = new Counter({ name: 'smic_artifact_loads_total', help: 'Artifacts read, by why and by what came of it.', labelNames: ['reason', 'outcome'], registers });
  const loadSeconds = new Histogram({
    name: 'smic_artifact_load_seconds',
    help: 'Time from reading an artifact until it is served or refused.',
    labelNames: ['reason'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const issued = new Counter({ name: 'smic_certificates_issued_total', help: 'Workload certificates issued, by why.', labelNames: ['reason'], registers });
  const failed = new Counter({ name: 'smic_certificate_failures_total', help: 'Attempts to issue a workload certificate that failed.', registers });
  const enrolments = new Counter({ name: 'smic_enrolments_total', help: "Pods' tokens that were exchanged for a certificate, or why not.", labelNames: ['outcome'], registers });
  const enrolmentSeconds = new Histogram({
    name: 'smic_enrolment_seconds',
    help: 'Time from a token until the certificate or the refusal.',
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    connectionRefused: (reason) => refusals.inc({ reason }),
    artifactLoaded({ reason, outcome, seconds }) {
      loads.inc({ reason, outcome });
      loadSeconds.observe({ reason }, seconds);
    },
    secretEvents: {
      issued: (_identity, _certificate, reason) => issued.inc({ reason }),
      failed: () => failed.inc(),
    },
    enrolled(outcome, seconds) {
      enrolments.inc({ outcome });
      enrolmentSeconds.observe(seconds);
    },
    observe: (sources) => observe(registry, sources),
  };
}

function observe(registry: Registry, sources: MetricSources): void {
  const gauge = freshGauges(registry);
  gauge('smic_connections', 'Open connections, also those whose handshake is not done.', [], (own) => own.set(sources.connections()));
  gauge('smic_artifact_info', 'The artifact that is served.', ['digest'], (own) => own.set({ digest: sources.artifact().digest }, 1));
  gauge('smic_artifact_refused', '1 while the artifact that lies there is refused and an older one is served.', [], (own) => own.set(sources.artifact().refused === undefined ? 0 : 1));
  gauge('smic_certificate_days_left', 'Days until the first certificate of a kind expires.', ['kind'], (own) => {
    for (const [kind, ends] of Object.entries(sources.certificatesUntil())) {
      if (ends.length > 0) {
        const first = ends.reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY);
        own.set({ kind }, (first - sources.now()) / dayMilliseconds);
      }
    }
  });
}
