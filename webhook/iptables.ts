import { inboundPort, outboundPort, prometheusPort } from '../compiler/envoy/names.ts';
import { isInterfaceName } from '../compiler/resources/interface-name.ts';
import { isAddressRange } from '../compiler/resources/ip.ts';
import { sidecarUser } from './sidecar-contract.ts';

/** What an init container sends into a pod's netfilter tables. */
export interface IptablesOptions {
  /** The mesh has IPv6: it is redirected as IPv4 is. Otherwise no TCP over IPv6 enters or leaves the pod. */
  readonly ipv6: boolean;
  /** Ports that clients reach without the sidecar. */
  readonly excludedInboundPorts?: readonly number[];
  /** Ports that the pod reaches without the sidecar. */
  readonly excludedOutboundPorts?: readonly number[];
  /** CIDRs, or single addresses, of either family, that the pod reaches without the sidecar. */
  readonly excludedOutboundRanges?: readonly string[];
  /** Not empty: only these go through the sidecar. Exclusions stand before it. */
  readonly includedOutboundRanges?: readonly string[];
  /** Interfaces whose traffic is left alone, as `net1`. */
  readonly excludedInterfaces?: readonly string[];
  /** For applications that listen on the pod's address only (`localProxyMode: PodIP`): that address, of each family that the pod has. */
  readonly podAddresses?: readonly string[];
  /** User of the sidecar; default 1500. What runs as this user isn't redirected. */
  readonly proxyUser?: number;
}

/** Texts for `iptables-restore --noflush` and `ip6tables-restore --noflush`, to be applied once in a new network namespace. */
export interface IptablesRules {
  readonly v4: string;
  readonly v6: string;
}

/** Probes come from kubelet, statistics go to a scraper: neither has a certificate of the mesh. */
const openPorts: readonly number[] = [prometheusPort, 15901, 15902, 15903];

/** One rule takes at most so many ports. */
const multiportLimit = 15;

interface Family {
  readonly loopback: string;
  /** Whether a CIDR is of this family. */
  readonly owns: (range: string) => boolean;
}

const ipv4: Family = { loopback: '127.0.0.1/32', owns: (range) => !range.includes(':') };
const ipv6: Family = { loopback: '::1/128', owns: (range) => range.includes(':') };

/**
 * The rules that send a pod's TCP traffic through its sidecar.
 * @throws TypeError for a port, range, address or interface that isn't one
 */
export function iptablesRules(options: IptablesOptions): IptablesRules {
  checkOptions(options);
  return { v4: redirection(ipv4, options), v6: options.ipv6 ? redirection(ipv6, options) : refusal };
}

function redirection(family: Family, options: IptablesOptions): string {
  const user = options.proxyUser ?? sidecarUser;
  const { excludedInterfaces = [], excludedInboundPorts = [], excludedOutboundPorts = [] } = options;
  const ranges = (list: readonly string[] = []): readonly string[] => distinct(list).filter(family.owns);
  const included = ranges(options.includedOutboundRanges);
  // An inclusion list that has nothing of this family leaves all of the family out: that is what it says.
  const isLimited = (options.includedOutboundRanges ?? []).length > 0;
  return [
    '*nat',
    ':PROXY_INBOUND - [0:0]',
    ':PROXY_IN_REDIRECT - [0:0]',
    ':PROXY_OUTBOUND - [0:0]',
    ':PROXY_OUT_REDIRECT - [0:0]',
    `-A PROXY_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${inboundPort}`,
    '-A PREROUTING -p tcp -j PROXY_INBOUND',
    ...distinct(excludedInterfaces).map((name) => `-A PROXY_INBOUND -i ${name} -j RETURN`),
    ...openPorts.map((port) => `-A PROXY_INBOUND -p tcp --dport ${port} -j RETURN`),
    ...portMatches(excludedInboundPorts).map((match) => `-A PROXY_INBOUND -p tcp ${match} -j RETURN`),
    '-A PROXY_INBOUND -p tcp -j PROXY_IN_REDIRECT',
    `-A PROXY_OUT_REDIRECT -p tcp -j REDIRECT --to-ports ${outboundPort}`,
    '-A OUTPUT -p tcp -j PROXY_OUTBOUND',
    // The sidecar to its own pod's address, when the pod calls itself through its Service: in by the front door.
    `-A PROXY_OUTBOUND -o lo ! -d ${family.loopback} -m owner --uid-owner ${user} -j PROXY_IN_REDIRECT`,
    // The application to itself.
    `-A PROXY_OUTBOUND -o lo -m owner ! --uid-owner ${user} -j RETURN`,
    // What the sidecar sends.
    `-A PROXY_OUTBOUND -m owner --uid-owner ${user} -j RETURN`,
    `-A PROXY_OUTBOUND -d ${family.loopback} -j RETURN`,
    ...distinct(excludedInterfaces).map((name) => `-A PROXY_OUTBOUND -o ${name} -j RETURN`),
    ...ranges(options.excludedOutboundRanges).map((range) => `-A PROXY_OUTBOUND -d ${range} -j RETURN`),
    ...portMatches(excludedOutboundPorts).map((match) => `-A PROXY_OUTBOUND -p tcp ${match} -j RETURN`),
    ...(isLimited ? included.map((range) => `-A PROXY_OUTBOUND -d ${range} -j PROXY_OUT_REDIRECT`) : ['-A PROXY_OUTBOUND -j PROXY_OUT_REDIRECT']),
    ...(options.podAddresses ?? [])
      .filter(family.owns)
      .map((address) => `-I OUTPUT -p tcp -o lo -d ${family.loopback} -m owner --uid-owner ${user} -j DNAT --to-destination ${family === ipv6 ? `[${address}]` : address}`),
    'COMMIT',
    '',
  ].join('\n');
}

/** Not around the sidecar either: no TCP over IPv6 at all, but within the pod. */
const refusal: string = [
  '*filter',
  '-A INPUT ! -i lo -p tcp -j REJECT --reject-with tcp-reset',
  '-A OUTPUT ! -o lo -p tcp -j REJECT --reject-with tcp-reset',
  'COMMIT',
  '',
].join('\n');

/** Several ports a rule, as far as one takes them. */
function portMatches(ports: readonly number[]): readonly string[] {
  const all = [...new Set(ports)].sort((a, b) => a - b);
  const groups = Array.from({ length: Math.ceil(all.length / multiportLimit) }, (_, index) =>
    all.slice(index * multiportLimit, (index + 1) * multiportLimit),
  );
  return groups.map((group) => (group.length === 1 ? `--dport ${group[0]}` : `-m multiport --dports ${group.join(',')}`));
}

function distinct(list: readonly string[]): readonly string[] {
  return [...new Set(list)].sort();
}

// The texts are fed to a program that runs as root: nothing gets in that isn't exactly what it should be.
function checkOptions(options: IptablesOptions): void {
  for (const port of [...(options.excludedInboundPorts ?? []), ...(options.excludedOutboundPorts ?? [])]) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError(`${port} is no port`);
  }
  for (const range of [...(options.excludedOutboundRanges ?? []), ...(options.includedOutboundRanges ?? [])]) {
    if (!isAddressRange(range)) throw new TypeError(`${JSON.stringify(range)} is no range of addresses, as 10.0.0.0/8`);
  }
  for (const address of options.podAddresses ?? []) {
    if (address.includes('/') || !isAddressRange(address)) throw new TypeError(`${JSON.stringify(address)} is no address`);
  }
  for (const name of options.excludedInterfaces ?? []) {
    if (!isInterfaceName(name)) {
      throw new TypeError(`${JSON.stringify(name)} is no name of an interface`);
    }
  }
  const user = options.proxyUser ?? sidecarUser;
  if (!Number.isInteger(user) || user < 1 || user > 4_294_967_294) throw new TypeError(`${user} is no user id for the sidecar`);
}
