/** A network namespace to be made. */
export interface NetworkPod {
  /** Of its namespace. */
  readonly netns: string;
  readonly addresses: readonly string[];
}

/** Texts for `iptables-restore` and `ip6tables-restore`. */
interface Rules {
  readonly v4: string;
  readonly v6: string;
}

/** The node's address: the pods' default gateway. */
export const nodeIPv4 = '10.244.255.1';
const nodeIPv6 = 'fd00:10:244:ffff::1';

/**
 * A script that makes a namespace for the node, with a bridge and the NAT of Services, and one for each pod.
 * A pod's address is a /32 (/128), so that traffic between pods passes through the node, whose connection tracking must
 * see both directions.
 */
export function networkScript(node: string, pods: readonly NetworkPod[], kubeProxy: Rules): string {
  return [
    `ip netns add ${node}`,
    ...inside(node, [
      ...[
        'net/ipv4/ip_forward=1',
        'net/ipv6/conf/all/forwarding=1',
        // Or the node would tell pods of the way past it.
        'net/ipv4/conf/all/send_redirects=0',
        'net/ipv4/conf/default/send_redirects=0',
        'net/ipv6/conf/default/accept_dad=0',
      ].map(setting),
      'ip link set lo up',
      'ip link add bridge0 type bridge forward_delay 0',
      setting('net/ipv4/conf/bridge0/send_redirects=0'),
      'ip link set bridge0 up',
      `ip address add ${nodeIPv4}/32 dev bridge0`,
      `ip address add ${nodeIPv6}/128 dev bridge0 nodad`,
      ...restore('iptables-restore', kubeProxy.v4),
      ...restore('ip6tables-restore', kubeProxy.v6),
    ]),
    ...pods.map((pod, index) => podScript(node, pod, `pod${index}`)),
  ].join('\n');
}

/** A script that adds a pod's namespace. @param link name of the node's end of the line to it, that no other pod has */
export function podScript(node: string, { netns, addresses }: NetworkPod, link: string): string {
  return [
    `ip netns add ${netns}`,
    ...inside(node, [
      `ip link add ${link} type veth peer name eth0 netns ${netns}`,
      `ip link set ${link} master bridge0 up`,
      ...addresses.map((address) => `ip route add ${address} dev bridge0`),
    ]),
    ...inside(netns, [
      setting('net/ipv6/conf/all/accept_dad=0'),
      setting('net/ipv6/conf/eth0/accept_dad=0'),
      // As Kubernetes' runtimes have it: any user may listen on any port.
      setting('net/ipv4/ip_unprivileged_port_start=0'),
      'ip link set lo up',
      'ip link set eth0 up',
      ...addresses.map((address) => `ip address add ${address}/${address.includes(':') ? '128' : '32'} dev eth0${address.includes(':') ? ' nodad' : ''}`),
      `ip route add ${nodeIPv4} dev eth0`,
      // With the pod's own address: the kernel would take none from another pod's view of it.
      ...addresses.filter((address) => !address.includes(':')).slice(0, 1).map((address) => `ip route add default via ${nodeIPv4} src ${address}`),
      ...addresses.filter((address) => address.includes(':')).slice(0, 1).flatMap((address) => [
        `ip -6 route add ${nodeIPv6} dev eth0`,
        `ip -6 route add default via ${nodeIPv6} dev eth0 src ${address}`,
      ]),
    ]),
    '',
  ].join('\n');
}

/** A script that takes a pod's namespace away again. Its processes have ended. */
export function podRemoval(node: string, { netns, addresses }: NetworkPod): string {
  return [...inside(node, addresses.map((address) => `ip route del ${address} dev bridge0`)), `ip netns delete ${netns}`, ''].join('\n');
}

/** A script that feeds rules to iptables in a namespace. */
export function applyRules(netns: string, rules: Rules): string {
  return [...inside(netns, [...restore('iptables-restore', rules.v4), ...restore('ip6tables-restore', rules.v6)]), ''].join('\n');
}

function inside(netns: string, commands: readonly string[]): readonly string[] {
  return [`ip netns exec ${netns} sh -e <<'SCRIPT'`, ...commands, 'SCRIPT'];
}

function restore(command: string, rules: string): readonly string[] {
  return [`${command} --noflush <<'RULES'`, rules.trimEnd(), 'RULES'];
}

function setting(assignment: string): string {
  const [key, value] = assignment.split('=');
  return `echo ${value} > /proc/sys/${key}`;
}
