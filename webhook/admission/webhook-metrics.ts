import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PodOutcome } from './admit-pod.ts';

/** What is counted of admission. */
export interface WebhookMetrics {
  injection(outcome: PodOutcome): void;
  validation(outcome: 'allowed' | 'warned' | 'denied'): void;
  answered(path: string, seconds: number): void;
  /** Milliseconds since 1970. */
  observeCertificate(until: () => number): void;
}

export function webhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const injections = new Counter({ name: 'smic_injections_total', help: 'Pods that the injector was asked about, by what became of them.', labelNames: ['outcome'], registers });
  const validations = new Counter({ name: 'smic_validations_total', help: 'Policy objects that the validator was asked about, by its verdict.', labelNames: ['outcome'], registers });
  const duration = new Histogram({ name: 'smic_admission_seconds', help: 'Time that an admission review took here.', labelNames: ['path'], buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers });
  return {
    injection: (outcome) => injections.inc({ outcome }),
    validation: (outcome) => validations.inc({ outcome }),
    answered: (path, seconds) => duration.observe({ path }, seconds),
    observeCertificate(until) {
      const days: Gauge = new Gauge({
        name: 'smic_webhook_certificate_days_left',
        help: "Days until the webhook's own certificate expires.",
        registers,
        collect: () => days.set((until() - Date.now()) / 86_400_000),
      });
    },
  };
}
