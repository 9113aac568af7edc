import { isIP } from 'node:net';
import type { Bootstrap, ConfigSource } from '../../compiler/envoy/generated/api.ts';
import { ads } from '../../compiler/envoy/ads.ts';
import { adminPort } from '../../compiler/envoy/names.ts';
import { adsCluster, adsClusterName } from './ads-cluster.ts';
import type { BootstrapOptions } from './bootstrap-options.ts';
import { probeCluster } from './probe-cluster.ts';
import { probeListener } from './probe-listener.ts';
import { checkProbes, probeKinds, probePorts } from './probe.ts';

/**
 * Envoy's static part, in the proto3 JSON mapping. All else comes from the server.
 * @throws TypeError for options that make no bootstrap, in words for the one who gave them
 */
export function bootstrap(options: BootstrapOptions): Bootstrap {
  const { pod, cluster, metadata, protocol = 'delta', probes = [], ipv6 = false, maxConnections = 50_000 } = options;
  checkOptions(options);
  const ordered = probeKinds.flatMap((kind) => probes.filter((probe) => probe.kind === kind).sort((a, b) => (a.container < b.container ? -1 : 1)));
  const perListener = listeningKinds.map((kind) => ({ kind, own: ordered.filter((probe) => probePorts[probe.kind] === probePorts[kind]) }));
  return {
    node: { id: pod, cluster, ...(metadata && { metadata }) },
    // Never reachable from outside the pod: it can stop Envoy.
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } }, ignore_global_conn_limit: true },
    dynamic_resources: {
      ads_config: {
        api_type: protocol === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [
          {
            envoy_grpc: {
              cluster_name: adsClusterName,
              // With jitter, so that after a restart of the server not all sidecars come at once.
              retry_policy: { retry_back_off: { base_interval: '0.5s', max_interval: '15s' } },
            },
          },
        ],
      },
      cds_config: untilItComes,
      lds_config: untilItComes,
    },
    static_resources: {
      clusters: [adsCluster(options), ...ordered.map(probeCluster)],
      listeners: perListener.flatMap(({ kind, own }) => (own.length > 0 ? [probeListener(kind, own, { ipv6, podAddress: options.podAddress })] : [])),
    },
    layered_runtime: {
      layers: [
        // What the next release drops is refused by this one.
        { name: 'static', static_layer: { 'envoy.features.fail_on_any_deprecated_feature': true } },
        { name: 'admin', admin_layer: {} },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: maxConnections,
          },
        },
      ],
    },
  };
}

/** The kinds that listeners are named after; hooks come in by the first. */
const listeningKinds = ['liveness', 'readiness', 'startup'] as const;

/** Not ready before it came: an Envoy that gives up waiting would report ready with no listener. */
const untilItComes: ConfigSource = { ...ads, initial_fetch_timeout: '0s' };

function checkOptions({ pod, server, secretsFolder, podAddress, probes = [], maxConnections = 1 }: BootstrapOptions): void {
  if (!/^[^/]+\/[^/]+$/.test(pod)) {
    throw new TypeError(`the pod is ${JSON.stringify(pod)}, not NAMESPACE/POD`);
  }
  if (!/^spiffe:\/\/[^/]+\/./.test(server.identity)) {
    throw new TypeError(`the server's identity is ${JSON.stringify(server.identity)}, not spiffe://TRUST-DOMAIN/…`);
  }
  if (server.host === '' || !Number.isInteger(server.port) || server.port < 1 || server.port > 65_535) {
    throw new TypeError(`the server's address is ${JSON.stringify(`${server.host}:${server.port}`)}, not HOST:PORT`);
  }
  if (!secretsFolder.startsWith('/')) {
    throw new TypeError(`the folder of the secrets is ${JSON.stringify(secretsFolder)}, not an absolute path`);
  }
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1) {
    throw new TypeError(`${maxConnections} is no limit of connections`);
  }
  if (podAddress !== undefined && isIP(podAddress) === 0) {
    throw new TypeError(`the pod's address is ${JSON.stringify(podAddress)}, which is none`);
  }
  checkProbes(probes);
}
