import { injectionAnnotation, type NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import type { Probe } from '../../server/bootstrap/probe.ts';
import { exclusions } from './exclusions.ts';
import { isNative, type MeshSettings } from './mesh-settings.ts';
import type { PodObject } from './pod-object.ts';

/** Why a pod gets a sidecar, and what that means for it: a sentence each. `probes`: those that the sidecar answers. */
export function explainInjection(pod: PodObject, namespace: NamespaceFacts, settings: MeshSettings, probes: readonly Probe[]): readonly string[] {
  const annotations = pod.metadata?.annotations ?? {};
  const own = annotations[injectionAnnotation];
  const others = namespace.described?.annotations[injectionAnnotation];
  const passing = exclusions(annotations, settings.config);
  const initNames = (pod.spec.initContainers ?? []).map(({ name }) => name).join(', ');
  return [
    namespace.described === undefined
      ? `nothing is known of the namespace "${namespace.name}", so it counts as a member of the mesh "${settings.meshName}"`
      : `the namespace "${namespace.name}" has joined the mesh "${settings.meshName}"`,
    own === undefined && others === undefined
      ? `nothing disables injection (annotation ${injectionAnnotation})`
      : `the annotation ${injectionAnnotation} of ${own === undefined ? 'the namespace' : 'the pod'} is "${own ?? others}"`,
    isNative(settings)
      ? `native sidecar: osm-init and envoy come before ${initNames === '' ? 'the containers' : `the init containers ${initNames}, whose traffic goes through the sidecar`}`
      : `classic sidecar: ${initNames === '' ? '' : `the init containers ${initNames} run before osm-init, and their traffic goes around the sidecar; `}the containers are held until envoy, the first of them, is ready`,
    ...(probes.length === 0 ? [] : [`answered by the sidecar: ${probes.map(probeWords).join(', ')}`]),
    ...Object.entries(passingWords).flatMap(([list, words]) => {
      const entries = passing[list as keyof typeof passingWords];
      return entries.length === 0 ? [] : [`${words}: ${entries.join(', ')}`];
    }),
    settings.ipv6 ? 'IPv6 goes through the sidecar as IPv4 does' : 'no TCP over IPv6 enters or leaves the pod: the mesh has no IPv6',
  ];
}

const passingWords = {
  excludedInboundPorts: 'ports that are reached without the sidecar',
  excludedOutboundPorts: 'ports that the pod reaches without the sidecar',
  excludedOutboundRanges: 'addresses that the pod reaches without the sidecar',
  includedOutboundRanges: 'addresses that alone the pod reaches through the sidecar',
  excludedInterfaces: 'interfaces that the sidecar leaves alone',
} as const;

function probeWords(probe: Probe): string {
  const [scheme, port] =
    'http' in probe ? ['http', probe.http.port] : 'https' in probe ? ['https', probe.https.port] : 'tcp' in probe ? ['tcp', probe.tcp.port] : ['grpc', probe.grpc.port];
  return `${probe.kind} of ${probe.container} (${scheme} ${port})`;
}
