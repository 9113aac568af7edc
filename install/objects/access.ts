import { names } from '../../webhook/names.ts';
import { customResources } from '../custom-resources.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { unsupportedResources } from '../unsupported-resources.ts';
import { namespaced, ownLabels } from './labels.ts';

/** A rule of Kubernetes' RBAC. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const read = ['get', 'list', 'watch'];
/** What an informer does. */
const watch = ['list', 'watch'];

/** Service accounts and what they may do. Nothing here reads or writes a Secret: kubelet mounts those that the pods need. */
export function access(settings: Settings): readonly Manifest[] {
  return [
    serviceAccount(settings, names.server),
    serviceAccount(settings, names.webhook),
    clusterRole(names.server, [...whatIsCompiled, ...certificateExchange, ...reports]),
    clusterRole(names.webhook, whatIsCompiled),
    clusterRoleBinding(settings, names.server),
    clusterRoleBinding(settings, names.webhook),
    policyViewer,
  ];
}

/** Live mode compiles the cluster's policy; the webhook checks new policy against it, and injects by namespaces and MeshConfig. */
const whatIsCompiled: readonly Rule[] = [
  // Which namespaces and pods are in the mesh, who they are, and what calls go to. A pod's token is good only while its pod is there.
  { apiGroups: [''], resources: ['pods'], verbs: read },
  { apiGroups: [''], resources: ['namespaces', 'serviceaccounts', 'services'], verbs: watch },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: watch },
  // A workload of no pods is one of the mesh too: policy for it isn't a mistake.
  { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], verbs: watch },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: watch },
  ...policyRules(watch),
  // Kinds of OSM's and SMI's that aren't supported: where there are any, it must be said, since they may close something.
  ...unsupportedResources.map(({ group, plurals }) => ({ apiGroups: [group], resources: plurals, verbs: watch })),
];

/** A sidecar shows its pod's service-account token and gets a certificate: only the API server can say whose token it is. */
const certificateExchange: readonly Rule[] = [{ apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] }];

/** A broken object is reported by an Event on it; a repeated one is looked up and counted up in place. */
const reports: readonly Rule[] = [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'get', 'patch'] }];

/** Whoever may view a namespace may see the policy in it. Who may write it is left to the cluster's owner. */
const policyViewer: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'smic-policy-view', labels: { ...ownLabels, 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  rules: policyRules(read),
};

function policyRules(verbs: readonly string[]): readonly Rule[] {
  const groups = [...new Set(customResources.map(({ group }) => group))].sort();
  return groups.map((group) => ({ apiGroups: [group], resources: customResources.filter((resource) => resource.group === group).map(({ plural }) => plural), verbs }));
}

function serviceAccount(settings: Settings, name: string): Manifest {
  // A pod that is given the account by mistake gets no token with it: the Deployments ask for theirs.
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: namespaced(settings, name), automountServiceAccountToken: false };
}

function clusterRole(name: string, rules: readonly Rule[]): Manifest {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels: ownLabels }, rules };
}

function clusterRoleBinding({ namespace }: Settings, name: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: ownLabels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}
