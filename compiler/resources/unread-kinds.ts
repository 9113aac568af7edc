import type { Collector } from '../diagnostics/collector.ts';
import type { Code } from '../diagnostics/generated/catalog.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { RawObject } from '../load/document.ts';
import { placed } from '../load/place.ts';
import { kinds } from './kinds.ts';
import { referenceOf } from './meta.ts';
import { oneOf, quoted } from '../load/words.ts';

/** Policy that smic knows of and can't compile: to leave it out silently could open what it closes, or close what it opens. */
export const unsupported: ReadonlySet<string> = new Set([
  'access.smi-spec.io IdentityBinding',
  'config.openservicemesh.io ExtensionService',
  'policy.openservicemesh.io Egress',
  'policy.openservicemesh.io IngressBackend',
  'policy.openservicemesh.io Retry',
  'policy.openservicemesh.io Telemetry',
  'policy.openservicemesh.io UpstreamTrafficSetting',
]);
const unread = 'config.openservicemesh.io MeshRootCertificate';

/** `group kind` → the API versions that are read. */
const versions: ReadonlyMap<string, readonly string[]> = versionsByKind();
/** Groups of the kinds that are policy. */
export const policyGroups: readonly string[] = ['access.smi-spec.io', 'specs.smi-spec.io', 'split.smi-spec.io', 'config.openservicemesh.io', 'policy.openservicemesh.io'];
/** Kinds whose names no one else uses: in a group that looks like a right one they are meant to be smic's. */
const policyKinds = ['TrafficTarget', 'HTTPRouteGroup', 'TrafficSplit', 'TCPRoute', 'UDPRoute', 'MeshConfig'];

/**
 * Says of an object that isn't read why, where it matters: a version that isn't known, a policy that isn't supported,
 * a slip in the kind or the group. False: a foreign kind, nothing to say.
 */
export function reportUnread(collector: Collector, raw: RawObject): boolean {
  const { apiVersion, kind } = raw;
  const group = groupOf(apiVersion);
  const name = `${group} ${kind}`;
  const report = (code: Code, field: 'apiVersion' | 'kind', message: string, fix?: string): true => {
    collector.report(code, { message, object: referenceOf(raw), ...placed(raw.origin, [field]), ...(fix !== undefined && { fix }) });
    return true;
  };

  const known = versions.get(name);
  if (known) {
    const message = `${quoted(apiVersion)} is no version of ${kind} that smic reads`;
    return report('SMIC2005', 'apiVersion', message, `Write ${oneOf(known)}.`);
  }
  if (unsupported.has(name)) {
    return report('SMIC2004', 'kind', `${kind} (${group}) is not supported yet`);
  }
  if (name === unread) {
    return report('SMIC2008', 'kind', 'A MeshRootCertificate is not read');
  }
  const near = nearestKind(group, kind);
  if (near !== undefined) {
    const [nearGroup = '', nearKind = ''] = near;
    const field = nearGroup === group ? 'kind' : 'apiVersion';
    const wanted = versions.get(`${nearGroup} ${nearKind}`)?.at(-1);
    const fix = field === 'kind' ? `Did you mean "${nearKind}"?` : `Did you mean "${wanted ?? nearGroup}"?`;
    return report('SMIC2007', field, `There is no kind ${quoted(kind)} in ${quoted(apiVersion)}`, fix);
  }
  if (policyGroups.includes(group)) {
    return report('SMIC2007', 'kind', `There is no kind ${quoted(kind)} in ${quoted(apiVersion)}`);
  }
  return false;
}

/** The group and kind that were probably meant. In Kubernetes' own groups only the letters' case counts: they have many kinds. */
function nearestKind(group: string, kind: string): readonly [string, string] | undefined {
  const names = [...versions.keys(), ...unsupported].map((name) => name.split(' '));
  const inGroup = names.flatMap(([other, name = '']) => (other === group ? [name] : []));
  const sameLetters = inGroup.find((name) => name.toLowerCase() === kind.toLowerCase());
  if (sameLetters !== undefined) return [group, sameLetters];
  if (policyGroups.includes(group)) {
    const near = suggest(kind, inGroup);
    return near === undefined ? undefined : [group, near];
  }
  if (!policyKinds.includes(kind)) return undefined;
  const [right = ''] = names.find(([, name]) => name === kind) ?? [];
  return suggest(group, [right]) === undefined ? undefined : [right, kind];
}

function versionsByKind(): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const entry of Object.keys(kinds)) {
    const [apiVersion = '', kind = ''] = entry.split(' ');
    const name = `${groupOf(apiVersion)} ${kind}`;
    map.set(name, [...(map.get(name) ?? []), apiVersion]);
  }
  return map;
}

/** The group of an API version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));
}
