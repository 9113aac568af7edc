import type { Probe } from '../server/bootstrap/probe.ts';
import { variables } from '../webhook/sidecar-contract.ts';

/** What the injector has told the sidecar of its pod. */
export interface PodEnvironment {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly serviceAccount: string;
  /** PEM; undefined where it is a file of the credentials. */
  readonly trustBundle: string | undefined;
  readonly probes: readonly Probe[];
  /** Undefined where it isn't told. */
  readonly address: string | undefined;
}

/** Reads the container's environment. Throws a TypeError that names what is missing. */
export function readPodEnvironment(environment: Readonly<Record<string, string | undefined>>): PodEnvironment {
  const need = (key: keyof typeof variables): string => {
    const value = environment[variables[key]] ?? '';
    if (value === '') {
      throw new TypeError(`the environment has no ${variables[key]}: the injector sets it`);
    }
    return value;
  };
  const address = environment[variables.podIP] ?? '';
  const trustBundle = environment[variables.trustBundle] ?? '';
  return {
    namespace: need('podNamespace'),
    pod: need('podName'),
    uid: need('podUid'),
    serviceAccount: need('serviceAccount'),
    trustBundle: trustBundle === '' ? undefined : trustBundle,
    address: address === '' ? undefined : address,
    probes: probesOf(environment[variables.probes] ?? '[]'),
  };
}

/** Each probe is checked where the bootstrap is made. */
function probesOf(text: string): readonly Probe[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value) || !value.every((probe) => typeof probe === 'object' && probe !== null)) {
    throw new TypeError(`${variables.probes} is not a list of probes`);
  }
  return value as readonly Probe[];
}
