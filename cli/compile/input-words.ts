import { plural } from '../terminal/plural.ts';
import type { Compilation } from './run-compiler.ts';

/** Kinds that describe the cluster or the mesh; all others that smic reads are policies. */
const otherKinds: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'EndpointSlice',
  'Endpoints',
  'Job',
  'MeshConfig',
  'Namespace',
  'Pod',
  'ReplicaSet',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]);

/** What was read, as `12 policies, 8 services`. */
export function inputWords({ objects }: Compilation): string {
  const policies = Object.entries(objects.read).reduce((sum, [kind, count]) => (otherKinds.has(kind) ? sum : sum + count), 0);
  return `${plural(policies, 'policy', 'policies')}, ${plural(objects.read['Service'] ?? 0, 'service')}`;
}

/** What was passed over, as ` (2 findings suppressed, 14 objects of other kinds skipped)`; empty where nothing was. */
export function asideWords({ suppressed, objects, artifacts }: Compilation): string {
  const skipped = Object.values(objects.skipped).reduce((sum, count) => sum + count, 0);
  const parts = [
    ...(suppressed > 0 ? [`${plural(suppressed, 'finding')} suppressed`] : []),
    ...(skipped > 0 ? [`${plural(skipped, 'object')} of other kinds skipped`] : []),
    ...artifacts.map((folder) => `${folder === '' ? './' : folder} is an artifact and was not read`),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
