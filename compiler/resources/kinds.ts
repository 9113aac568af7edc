import { type Endpoints, readEndpoints } from './endpoints.ts';
import { readEndpointSlice } from './endpoint-slice.ts';
import type { Written } from './generated/types.ts';
import * as validators from './generated/validators.js';
import { readHTTPRouteGroup, readUnwrappedGroup } from './http-route-group.ts';
import { readMeshConfig } from './mesh-config.ts';
import { readMetaOnly } from './meta-only.ts';
import type { NameRule } from './names.ts';
import type { Objects } from './objects.ts';
import { readPod } from './pod.ts';
import { readCronJob, readPodController } from './pod-controller.ts';
import { readPortlessRoute, readPortRoute } from './port-route.ts';
import type { Reading } from './reading.ts';
import { readService } from './service.ts';
import { readTrafficSplit, readTrafficSplitV1Alpha1 } from './traffic-split.ts';
import { readTrafficTarget, readTrafficTargetV1Alpha1 } from './traffic-target.ts';
import type { FieldTree, Validator } from './validator.ts';

/** The lists that objects are read into. */
export type Lists = Omit<Objects, 'skipped' | 'rejected'> & { readonly endpoints: readonly Endpoints[] };

type ValidatorName = Exclude<keyof typeof validators, 'fields'>;
type WrittenAs<Name extends ValidatorName> = (typeof validators)[Name] extends Validator<infer W> ? W : never;

/** How objects of one kind and version are read. */
export interface Kind {
  readonly list: keyof Lists;
  readonly validate: Validator<unknown>;
  readonly fields: FieldTree;
  readonly nameRule: NameRule;
  readonly isClusterScoped: boolean;
  /** Takes what `validate` accepted. Undefined: the object has no part in the mesh, or was reported. */
  readonly read: (written: unknown, reading: Reading) => Lists[keyof Lists][number] | undefined;
}

function kind<Name extends ValidatorName, List extends keyof Lists>(
  list: List,
  validator: Name,
  read: (written: WrittenAs<Name>, reading: Reading) => Lists[List][number] | undefined,
  more: Partial<Pick<Kind, 'isClusterScoped' | 'nameRule'>> = {},
): Kind {
  return {
    list,
    validate: validators[validator],
    fields: validators.fields[validator] ?? {},
    nameRule: 'subdomain',
    isClusterScoped: false,
    // The pair is sound: the validator's type says what it accepts, and `read` is called with nothing else.
    read: read as Kind['read'],
    ...more,
  };
}

/** `apiVersion kind` of every schema: the type checker demands an entry for each. */
type KindName = Written extends infer W
  ? W extends { readonly apiVersion: infer Version extends string; readonly kind: infer Name extends string }
    ? `${Version} ${Name}`
    : never
  : never;

const httpRouteGroup = kind('httpRouteGroups', 'httpRouteGroupV1alpha4', readHTTPRouteGroup);
const portlessTCPRoute = kind('tcpRoutes', 'tcpRouteV1alpha1', readPortlessRoute);
const portlessUDPRoute = kind('udpRoutes', 'udpRouteV1alpha1', readPortlessRoute);
const trafficSplit = kind('trafficSplits', 'trafficSplitV1alpha4', readTrafficSplit);
const cronJob = kind('podControllers', 'cronJob', readCronJob);

/** Every kind and version that is read, by `apiVersion kind`. */
export const kinds: Readonly<Record<string, Kind>> = {
  'access.smi-spec.io/v1alpha1 TrafficTarget': kind('trafficTargets', 'trafficTargetV1alpha1', readTrafficTargetV1Alpha1),
  'access.smi-spec.io/v1alpha2 TrafficTarget': kind('trafficTargets', 'trafficTargetV1alpha2', readTrafficTarget),
  'access.smi-spec.io/v1alpha3 TrafficTarget': kind('trafficTargets', 'trafficTargetV1alpha3', readTrafficTarget),
  'specs.smi-spec.io/v1alpha1 HTTPRouteGroup': kind('httpRouteGroups', 'httpRouteGroupV1alpha1', readUnwrappedGroup),
  'specs.smi-spec.io/v1alpha2 HTTPRouteGroup': kind('httpRouteGroups', 'httpRouteGroupV1alpha2', readUnwrappedGroup),
  'specs.smi-spec.io/v1alpha3 HTTPRouteGroup': httpRouteGroup,
  'specs.smi-spec.io/v1alpha4 HTTPRouteGroup': httpRouteGroup,
  'specs.smi-spec.io/v1alpha1 TCPRoute': portlessTCPRoute,
  'specs.smi-spec.io/v1alpha2 TCPRoute': portlessTCPRoute,
  'specs.smi-spec.io/v1alpha3 TCPRoute': portlessTCPRoute,
  'specs.smi-spec.io/v1alpha4 TCPRoute': kind('tcpRoutes', 'tcpRouteV1alpha4', readPortRoute),
  'specs.smi-spec.io/v1alpha1 UDPRoute': portlessUDPRoute,
  'specs.smi-spec.io/v1alpha2 UDPRoute': portlessUDPRoute,
  'specs.smi-spec.io/v1alpha3 UDPRoute': portlessUDPRoute,
  'specs.smi-spec.io/v1alpha4 UDPRoute': kind('udpRoutes', 'udpRouteV1alpha4', readPortRoute),
  'split.smi-spec.io/v1alpha1 TrafficSplit': kind('trafficSplits', 'trafficSplitV1alpha1', readTrafficSplitV1Alpha1),
  'split.smi-spec.io/v1alpha2 TrafficSplit': kind('trafficSplits', 'trafficSplitV1alpha2', readTrafficSplit),
  'split.smi-spec.io/v1alpha3 TrafficSplit': trafficSplit,
  'split.smi-spec.io/v1alpha4 TrafficSplit': trafficSplit,
  'config.openservicemesh.io/v1alpha1 MeshConfig': kind('meshConfigs', 'meshConfigV1alpha1', readMeshConfig),
  'config.openservicemesh.io/v1alpha2 MeshConfig': kind('meshConfigs', 'meshConfigV1alpha2', readMeshConfig),
  'v1 Namespace': kind('namespaces', 'namespace', readMetaOnly, { isClusterScoped: true, nameRule: 'label' }),
  'v1 Service': kind('services', 'service', readService, { nameRule: 'label' }),
  'v1 ServiceAccount': kind('serviceAccounts', 'serviceAccount', readMetaOnly),
  'v1 Pod': kind('pods', 'pod', readPod),
  'v1 Endpoints': kind('endpoints', 'endpoints', readEndpoints),
  'discovery.k8s.io/v1 EndpointSlice': kind('endpointSlices', 'endpointSliceV1', readEndpointSlice),
  'discovery.k8s.io/v1beta1 EndpointSlice': kind('endpointSlices', 'endpointSliceV1beta1', readEndpointSlice),
  'apps/v1 Deployment': kind('podControllers', 'deployment', readPodController),
  'apps/v1 StatefulSet': kind('podControllers', 'statefulSet', readPodController),
  'apps/v1 DaemonSet': kind('podControllers', 'daemonSet', readPodController),
  'apps/v1 ReplicaSet': kind('podControllers', 'replicaSet', readPodController),
  'batch/v1 Job': kind('podControllers', 'job', readPodController),
  'batch/v1 CronJob': cronJob,
  'batch/v1beta1 CronJob': cronJob,
} satisfies Record<KindName, Kind>;
