import { iptablesRules, type IptablesOptions } from './iptables.ts';
import { sidecarUser } from './sidecar-contract.ts';

/** Environment of the init container: the pod's addresses, separated by commas. */
export const podAddressesVariable = 'POD_IPS';

/** The rules of a pod whose addresses nobody knows yet. */
export interface InitScriptOptions extends Omit<IptablesOptions, 'podAddresses'> {
  /** The application listens on the pod's address (`localProxyMode: PodIP`), which the script takes from `POD_IPS`. */
  readonly onPodAddress: boolean;
}

/**
 * For `sh -ec`: sets a pod's rules, and fails where it can't. Where it runs a second time in the same pod, the rules stay
 * what they are: what has chains of its own is emptied first, and to jump into them twice is as good as once.
 * @throws TypeError as `iptablesRules` does
 */
export function initScript({ onPodAddress, ...options }: InitScriptOptions): string {
  const { v4, v6 } = iptablesRules(options);
  return [
    ...restore('iptables-restore', v4),
    // A kernel without IPv6 has no way around the sidecar there, and no ip6tables.
    'if [ -e /proc/net/if_inet6 ]; then',
    ...restore('ip6tables-restore', v6),
    'fi',
    ...(onPodAddress ? podAddressLoop(options) : []),
    '',
  ].join('\n');
}

function restore(command: string, rules: string): readonly string[] {
  return [`${command} --noflush <<'RULES'`, rules.trimEnd(), 'RULES'];
}

/** What the sidecar sends to the loopback address goes to the pod's own. */
function podAddressLoop({ ipv6, proxyUser = sidecarUser }: Pick<IptablesOptions, 'ipv6' | 'proxyUser'>): readonly string[] {
  const rule = (loopback: string, target: string): string =>
    `-t nat -I OUTPUT -p tcp -o lo -d ${loopback} -m owner --uid-owner ${proxyUser} -j DNAT --to-destination ${target}`;
  return [
    'IFS=,',
    `for address in $${podAddressesVariable}; do`,
    '  case "$address" in',
    `  *:*) ${ipv6 ? `ip6tables ${rule('::1/128', '"[$address]"')}` : ':'} ;;`,
    `  *) iptables ${rule('127.0.0.1/32', '"$address"')} ;;`,
    '  esac',
    'done',
  ];
}
