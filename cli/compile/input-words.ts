import { plural } from '../terminal/plural.ts';
import type { Compilation } from './run-compiler.ts';

/** What was read, as `12 policies, 8 services`. */
export function inputWords({ objects }: Compilation): string {
  let policies = 0;
  let services = 0;
  for (const [type, count] of Object.entries(objects.read)) {
    const [apiVersion = '', kind] = type.split(' ');
    if (/(^|\.)smi-spec\.io\//.test(apiVersion) || apiVersion.startsWith('policy.openservicemesh.io/')) {
      policies += count;
    } else if (apiVersion === 'v1' && kind === 'Service') {
      services += count;
    }
  }
  return `${plural(policies, 'policy', 'policies')}, ${plural(services, 'service')}`;
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
