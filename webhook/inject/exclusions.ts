import { isAddressRange } from '../../compiler/resources/ip.ts';
import type { SidecarConfig } from '../../compiler/resources/objects.ts';
import { quoted } from '../../compiler/load/words.ts';
import type { IptablesOptions } from '../iptables.ts';
import { Refusal } from './refusal.ts';

const inboundPortExclusion = 'openservicemesh.io/inbound-port-exclusion-list';
const outboundPortExclusion = 'openservicemesh.io/outbound-port-exclusion-list';
const outboundRangeExclusion = 'openservicemesh.io/outbound-ip-range-exclusion-list';
const outboundRangeInclusion = 'openservicemesh.io/outbound-ip-range-inclusion-list';

type Exclusions = Required<
  Pick<IptablesOptions, 'excludedInboundPorts' | 'excludedOutboundPorts' | 'excludedOutboundRanges' | 'includedOutboundRanges' | 'excludedInterfaces'>
>;

/**
 * What passes by the sidecar: MeshConfig's lists and the pod's annotations together, each entry once, sorted.
 * @throws Refusal for an annotation with an entry that is none
 */
export function exclusions(annotations: Readonly<Record<string, string>>, config: SidecarConfig | undefined): Exclusions {
  const ports = (name: string, global: readonly number[] = []): readonly number[] =>
    [...new Set([...global, ...entries(annotations, name, isPort, 'a port (1 to 65535)').map(Number)])].sort((a, b) => a - b);
  const ranges = (name: string, global: readonly string[] = []): readonly string[] =>
    [...new Set([...global, ...entries(annotations, name, isAddressRange, 'a range of IPv4 or IPv6 addresses, as 10.0.0.0/8')])].sort();
  return {
    excludedInboundPorts: ports(inboundPortExclusion, config?.excludedInboundPorts),
    excludedOutboundPorts: ports(outboundPortExclusion, config?.excludedOutboundPorts),
    excludedOutboundRanges: ranges(outboundRangeExclusion, config?.excludedOutboundRanges),
    includedOutboundRanges: ranges(outboundRangeInclusion, config?.includedOutboundRanges),
    excludedInterfaces: [...new Set(config?.excludedInterfaces)].sort(),
  };
}

/** Entries separated by commas, with blanks around them or not. An annotation that is empty has none. */
function entries(annotations: Readonly<Record<string, string>>, name: string, isOne: (text: string) => boolean, what: string): readonly string[] {
  const value = annotations[name] ?? '';
  if (value.trim() === '') return [];
  const list = value.split(',').map((entry) => entry.trim());
  for (const entry of list) {
    if (!isOne(entry)) throw new Refusal(`the annotation ${name} has the entry ${quoted(entry)}, which is not ${what}`);
  }
  return list;
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}
