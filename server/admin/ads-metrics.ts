import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type AdsMetrics, adsInstruments, type Instrument } from '../ads/ads-metrics.ts';

/** The instruments that streams are measured with, in a registry. */
export function adsMetrics(registry: Registry): AdsMetrics {
  const make = ({ kind, name, help, labels, buckets }: Instrument): Counter | Gauge | Histogram => {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    switch (kind) {
      case 'counter':
        return new Counter(options);
      case 'gauge':
        return new Gauge(options);
      case 'histogram':
        return new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) });
    }
  };
  // What Object.entries forgets: each instrument is of the kind that its description names.
  return Object.fromEntries(Object.entries(adsInstruments).map(([key, instrument]) => [key, make(instrument)])) as unknown as AdsMetrics;
}
