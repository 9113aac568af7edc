import type { Path } from '../load/document.ts';
import type { TrafficTargetV1Alpha1, TrafficTargetV1Alpha2, TrafficTargetV1Alpha3 } from './generated/types.ts';
import { checkFreeName, checkName } from './names.ts';
import type { Subject, TargetRule, TrafficTarget } from './objects.ts';
import { fault, type Reading } from './reading.ts';
import { pathText } from '../load/words.ts';

type WrittenSubject = TrafficTargetV1Alpha3['spec']['sources'][number];
type WrittenRule = TrafficTargetV1Alpha3['spec']['rules'][number];

/** v1alpha1: no `spec`, and the rules are called `specs`. */
export function readTrafficTargetV1Alpha1(written: TrafficTargetV1Alpha1, reading: Reading): TrafficTarget {
  return {
    meta: reading.meta,
    destination: readSubject(written.destination, ['destination'], reading),
    destinationPort: readPort(written.destination.port, ['destination', 'port'], reading),
    rules: written.specs.map((rule, index) => readRule(rule, ['specs', index], reading)),
    sources: written.sources.map((source, index) => readSubject(source, ['sources', index], reading)),
  };
}

/** v1alpha2 and v1alpha3; only the former has `destination.port`. */
export function readTrafficTarget({ spec }: TrafficTargetV1Alpha2 | TrafficTargetV1Alpha3, reading: Reading): TrafficTarget {
  const port = 'port' in spec.destination ? spec.destination.port : undefined;
  return {
    meta: reading.meta,
    destination: readSubject(spec.destination, ['spec', 'destination'], reading),
    destinationPort: readPort(port, ['spec', 'destination', 'port'], reading),
    rules: spec.rules.map((rule, index) => readRule(rule, ['spec', 'rules', index], reading)),
    sources: spec.sources.map((source, index) => readSubject(source, ['spec', 'sources', index], reading)),
  };
}

function readSubject({ kind, name, namespace = '' }: WrittenSubject, at: Path, reading: Reading): Subject {
  checkName(reading, name, 'subdomain', [...at, 'name']);
  if (namespace !== '') checkName(reading, namespace, 'label', [...at, 'namespace']);
  return { kind, name, namespace: namespace === '' ? reading.meta.namespace : namespace, at };
}

function readRule({ kind, name, matches }: WrittenRule, at: Path, reading: Reading): TargetRule {
  checkName(reading, name, 'subdomain', [...at, 'name']);
  if (matches?.length === 0) {
    fault(reading, 'SMIC3004', [...at, 'matches'], `${pathText([...at, 'matches'])} is an empty list, so the rule grants nothing`);
  }
  for (const [index, match] of matches?.entries() ?? []) {
    checkFreeName(reading, match, [...at, 'matches', index]);
  }
  return { kind, name, matches: matches && [...new Set(matches)], at };
}

/** A text in v1alpha1 as the smi-sdk writes it. */
function readPort(written: number | string | undefined, at: Path, reading: Reading): number | undefined {
  const port = written === undefined ? undefined : Number(written);
  if (port !== undefined && !(port >= 1 && port <= 65535)) {
    fault(reading, 'SMIC2003', at, `${pathText(at)} must be a port from 1 to 65535, found ${written}`);
  }
  return port;
}
