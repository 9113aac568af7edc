import type { SourceFile } from '../compiler/load/document.ts';
import {
  endpointSliceText,
  httpRouteGroupText,
  meshConfigText,
  type Named,
  namespaceText,
  podText,
  type PodText,
  serviceAccountText,
  serviceText,
  trafficSplitText,
  trafficTargetText,
} from './mesh-objects.ts';
import { createRandom } from './random.ts';

/** What a generated mesh looks like. */
export interface MeshShape {
  /** How many services with a service account of their own; the backends of splits come on top. From 1 to 50,000. */
  readonly services: number;
  readonly permissive: boolean;
  readonly seed: number;
  /** How many others each service calls, and is called by; default 5. */
  readonly calls?: number;
}

/** Pods that each service has. */
const podsPerService = 3;
const defaultCalls = 5;
/** One service in so many is an apex with backends v1 and v2. */
const servicesPerSplit = 10;
const servicesPerNamespace = 20;

const padded = (number: number): string => String(number).padStart(5, '0');

/** The `index`th address of a /15 or wider range that starts at 10.`second`.0.0. */
const address = (second: number, index: number): string => `10.${second + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

/** Whether the service of this index stands behind a TrafficSplit. */
const isSplit = (index: number): boolean => index % servicesPerSplit === 0;

/**
 * The YAML files of a mesh: one file a namespace, and one for the MeshConfig. The same shape gives the same text.
 * Every service calls `calls` others and is called by as many, all by TrafficTargets with all five matches of an
 * HTTPRouteGroup. @throws RangeError where the number of services is not a whole number from 1 to 50,000.
 */
export function generateMesh(shape: MeshShape): readonly SourceFile[] {
  const { services: count, permissive, seed, calls = defaultCalls } = shape;
  if (!Number.isInteger(count) || count < 1 || count > 50_000) throw new RangeError(`A mesh has 1 to 50,000 services, not ${count}.`);
  const random = createRandom(seed);
  const namespaceCount = Math.max(1, Math.floor(count / servicesPerNamespace));
  const namespaces = Array.from({ length: namespaceCount }, (_, index) => `team-${padded(index)}`);
  const services: readonly Named[] = Array.from({ length: count }, (_, index) => ({
    namespace: namespaces[Math.floor((index * namespaceCount) / count)] as string,
    name: `service-${padded(index)}`,
  }));
  const callers = callersOf(services, random.order(count), random.order(count - 1).slice(0, calls));
  const texts = new Map(namespaces.map((name) => [name, [namespaceText(name)]]));
  services.forEach((service, index) => {
    const weight = random.whole(101);
    texts.get(service.namespace)?.push(...serviceTexts(service, index, callers[index] ?? [], weight));
  });
  return [
    { name: 'mesh-config.yaml', text: meshConfigText(permissive) },
    ...namespaces.map((name) => ({ name: `${name}.yaml`, text: (texts.get(name) ?? []).join('---\n') })),
  ];
}

/** Who calls each service. The services stand in a ring of random order, and each is called by those at the same steps before it: so all call equally many. */
function callersOf(services: readonly Named[], ring: readonly number[], steps: readonly number[]): readonly (readonly Named[])[] {
  const callers: Named[][] = services.map(() => []);
  ring.forEach((index, position) => {
    callers[index] = steps.map((step) => services[ring[(position + step + 1) % ring.length] as number] as Named);
  });
  return callers;
}

/** The objects of one service. `weight` is v1's share, in percent, where a split stands before it. */
function serviceTexts(service: Named, index: number, callers: readonly Named[], weight: number): readonly string[] {
  const { namespace, name } = service;
  const pods: readonly PodText[] = Array.from({ length: podsPerService }, (_, pod) => ({
    namespace,
    name: `${name}-${pod}`,
    labels: { app: name, version: isSplit(index) && pod === podsPerService - 1 ? 'v2' : 'v1' },
    serviceAccount: name,
    address: address(128, index * podsPerService + pod),
  }));
  const backends = isSplit(index) ? ['v1', 'v2'] : [];
  return [
    serviceAccountText(service),
    ...pods.map(podText),
    serviceText(service, address(96, index * 3), { app: name }),
    endpointSliceText(service, pods),
    ...backends.flatMap((version, order) => {
      const backend = { namespace, name: `${name}-${version}` };
      const own = pods.filter((pod) => pod.labels['version'] === version);
      return [serviceText(backend, address(96, index * 3 + order + 1), { app: name, version }), endpointSliceText(backend, own)];
    }),
    ...(backends.length > 0 ? [trafficSplitText(service, { [`${name}-v1`]: weight, [`${name}-v2`]: 100 - weight })] : []),
    httpRouteGroupText(service, name),
    // A mesh of one service has nobody who calls.
    ...(callers.length > 0 ? [trafficTargetText(service, callers)] : []),
  ];
}
