import { adminPort, inboundPort, outboundPort, prometheusPort } from '../compiler/envoy/names.ts';
import { type Probe, probePorts } from '../server/bootstrap/probe.ts';
import { type Address, addressText } from '../server/serve-options.ts';

/*
 * What the injector gives a pod and `smic agent`, which runs in the sidecar container and has Envoy as its child, relies on.
 *
 * | path | what |
 * |---|---|
 * | `/var/run/secrets/smic/token` | the pod's service-account token, audience `smic`; kubelet renews the file |
 * | `/var/run/secrets/smic/ca.crt` | PEM, whom to trust as smic's server at first; not there where SMIC_TRUST_BUNDLE is set |
 * | `/var/run/smic/` | in memory, user 1500's: `bootstrap.json`, the files of file-based SDS, and in `certificates/` what they name |
 *
 * The bootstrap is made by `bootstrap()` with the probes of SMIC_PROBES, and POD_IP as `podAddress`.
 *
 * Nothing else in the container can be written. What the server has sent as trust bundle is kept in the folder in memory,
 * which outlives the container (not the pod), and goes before what stands here: a root may have been rotated since.
 */

/** As OSM's, so that `kubectl logs -c envoy` goes on working. */
export const sidecarContainer = 'envoy';
/** As OSM's. It sets the pod's iptables rules. */
export const initContainer = 'osm-init';
/** The user that iptables doesn't redirect; nothing else in a pod may run as it. */
export const sidecarUser = 1500;

/** Where Envoy listens. */
export const sidecarPorts: ReadonlySet<number> = new Set([adminPort, outboundPort, inboundPort, prometheusPort, ...Object.values(probePorts)]);

export const credentialsVolume = 'smic-credentials';
export const credentialsFolder = '/var/run/secrets/smic';
/** In the credentials' folder. */
export const tokenFile = 'token';
/** In the credentials' folder. */
export const trustFile = 'ca.crt';
/** Kubelet renews a token after four fifths of this. It ends with its pod anyway. */
export const tokenSeconds = 3600;
/** In the pod's namespace, key `ca.crt`: where a pod has its first trust bundle from if its injector knew none. */
export const trustConfigMap = 'smic-trust-bundle';

export const runVolume = 'smic-run';
export const runFolder = '/var/run/smic';

/** Environment of the container. The first five come from the downward API. */
export const variables = {
  podName: 'POD_NAME',
  podNamespace: 'POD_NAMESPACE',
  podUid: 'POD_UID',
  podIP: 'POD_IP',
  serviceAccount: 'SERVICE_ACCOUNT',
  /** PEM. */
  trustBundle: 'SMIC_TRUST_BUNDLE',
  /** JSON: a sorted list of `Probe`, those of the pod's containers and the sidecar's own. */
  probes: 'SMIC_PROBES',
} as const;

/** What the agent is told by its command line. */
export interface AgentSettings {
  /** Where Envoy gets its configuration (`--server`). */
  readonly server: Address;
  /** Where a token is exchanged for a certificate (`--issuer`). */
  readonly issuer: Address;
  /** Of both (`--server-identity`): the SPIFFE ID that the server's certificate must have. */
  readonly serverIdentity: string;
  readonly trustDomain: string;
  /** Envoy's word (`--log-level`). */
  readonly logLevel: string;
  /** Listen on IPv6 too (`--ipv6`). */
  readonly ipv6: boolean;
  /** How long Envoy goes on after SIGTERM (`--drain`); 0: it ends at once. */
  readonly drainSeconds: number;
}

/** Of the container. The image's entry point has no part in it. */
export const agentCommand: readonly string[] = ['smic', 'agent'];

/** Of the container. */
export function agentArguments(settings: AgentSettings): readonly string[] {
  return [
    `--server=${addressText(settings.server)}`,
    `--issuer=${addressText(settings.issuer)}`,
    `--server-identity=${settings.serverIdentity}`,
    `--trust-domain=${settings.trustDomain}`,
    `--log-level=${settings.logLevel}`,
    ...(settings.ipv6 ? ['--ipv6'] : []),
    ...(settings.drainSeconds > 0 ? [`--drain=${settings.drainSeconds}s`] : []),
  ];
}

/** Ends with 0 as soon as Envoy in the same container is ready. Kubelet holds the next container until then (postStart). */
export const waitCommand: readonly string[] = [...agentCommand, '--wait'];

/** The value of `SMIC_PROBES`. */
export function probesText(probes: readonly Probe[]): string {
  const key = ({ kind, container }: Probe): string => `${kind} ${container}`;
  return JSON.stringify([...probes].sort((a, b) => (key(a) < key(b) ? -1 : 1)));
}
