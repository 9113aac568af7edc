/** The API groups that smic reads objects of; the empty one is Kubernetes' core. Objects of others are skipped. */
const readGroups: ReadonlySet<string> = new Set([
  '',
  'access.smi-spec.io',
  'apps',
  'batch',
  'config.openservicemesh.io',
  'discovery.k8s.io',
  'policy.openservicemesh.io',
  'specs.smi-spec.io',
  'split.smi-spec.io',
]);

/** Whether an apiVersion is of a group that smic reads objects of, at whatever version. */
export function isReadGroup(apiVersion: string): boolean {
  const slash = apiVersion.indexOf('/');
  return readGroups.has(slash === -1 ? '' : apiVersion.slice(0, slash));
}
