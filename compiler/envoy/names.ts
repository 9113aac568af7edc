import type { MeshPort } from '../mesh/mesh.ts';

/*
 * Names that users see in statistics, logs and admin output. Where OSM had a name for the thing, it stays OSM's.
 */

export const outboundListener = 'outbound-listener';
export const inboundListener = 'inbound-listener';
export const prometheusListener = 'inbound-prometheus-listener';
export const metricsCluster = 'envoy-metrics-cluster';
export const tracingCluster = 'envoy-tracing-cluster';
export const passthroughCluster = 'passthrough-outbound';
export const blackholeCluster = 'blackhole';
/** Answers nobody: for the shares of TrafficSplits that can't be compiled. */
export const unresolvedCluster = 'unresolved-backend';
export const externalAuthorizationCluster = 'external-authorization';
/** Fixed in every proxy: the server fills them by who is asking. */
export const workloadCertificate = 'workload-certificate';
export const trustBundle = 'trust-bundle';

export const outboundPort = 15001;
export const inboundPort = 15003;
export const prometheusPort = 15010;
export const adminPort = 15000;

/** The TLS application protocol of traffic between sidecars. */
export const meshProtocol = 'osm';

/** The Service's host name. */
export function serviceHost(port: MeshPort, clusterDomain: string): string {
  return `${port.service.name}.${port.service.namespace}.svc.${clusterDomain}`;
}

/**
 * What a client's sidecar asks for in TLS: the Service's host name under its port, so that two ports with one target
 * port stay apart.
 */
export function serverName(port: MeshPort, clusterDomain: string): string {
  return `${port.port}.${serviceHost(port, clusterDomain)}`;
}

/** The cluster of an application behind its own sidecar. */
export function localCluster(port: MeshPort, targetPort: number): string {
  return `${port.service.key}|${targetPort}|local`;
}
