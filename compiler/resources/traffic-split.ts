import type { TrafficSplitV1Alpha1, TrafficSplitV1Alpha2, TrafficSplitV1Alpha4 } from './generated/types.ts';
import { checkName } from './names.ts';
import type { TrafficSplit } from './objects.ts';
import { wholeWeights } from './quantity.ts';
import { fault, type Reading } from './reading.ts';

/** Envoy adds the weights of a route up in 32 bits. */
const maxTotal = 4_294_967_295;

/** v1alpha1: weights are resource quantities. */
export function readTrafficSplitV1Alpha1(written: TrafficSplitV1Alpha1, reading: Reading): TrafficSplit {
  const weights = wholeWeights(written.spec.backends.map(({ weight }) => weight));
  return readSplit(written.spec, weights, reading);
}

/** v1alpha2 to v1alpha4; the latter two have `matches`. */
export function readTrafficSplit({ spec }: TrafficSplitV1Alpha2 | TrafficSplitV1Alpha4, reading: Reading): TrafficSplit {
  const weights = spec.backends.map(({ weight }) => weight);
  return readSplit(spec, weights, reading);
}

type WrittenSplit = TrafficSplitV1Alpha1['spec'] | TrafficSplitV1Alpha4['spec'];

function readSplit(spec: WrittenSplit, weights: readonly number[], reading: Reading): TrafficSplit {
  checkName(reading, spec.service, 'subdomain', ['spec', 'service']);
  const matches = 'matches' in spec ? (spec.matches ?? []) : [];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > maxTotal) {
    fault(reading, 'SMIC2013', ['spec', 'backends'], `The weights add up to ${total}; at most ${maxTotal} works`);
  }
  return {
    meta: reading.meta,
    service: spec.service,
    backends: spec.backends.map(({ service }, index) => {
      const at = ['spec', 'backends', index];
      checkName(reading, service, 'label', [...at, 'service']);
      return { service, weight: weights[index] ?? 0, at };
    }),
    matches: matches.map(({ name }, index) => {
      const at = ['spec', 'matches', index];
      checkName(reading, name, 'subdomain', [...at, 'name']);
      return { name, at };
    }),
  };
}
