import type { Collector } from '../diagnostics/collector.ts';
import { placed } from '../load/place.ts';
import type { CompileOptions } from '../options.ts';
import type { MeshConfig, Objects, TracingConfig } from '../resources/objects.ts';
import { objectReference } from './object-name.ts';

/** What is so for the whole mesh. */
export interface Settings {
  readonly name: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly permissive: boolean;
  readonly egress: boolean;
  readonly tls: Pick<MeshConfig, 'tlsMinimum' | 'tlsMaximum' | 'cipherSuites' | 'ecdhCurves'>;
  readonly tracing: (Omit<TracingConfig, 'at' | 'address'> & { readonly address: string }) | undefined;
  readonly externalAuthorization: MeshConfig['externalAuthorization'];
  /** How long a workload's certificate lives. */
  readonly certificateSeconds: number;
  /** Some Service or pod has an IPv6 address: sidecars listen on IPv6 too. */
  readonly ipv6: boolean;
  /** Endpoints are left open until the artifact is served. */
  readonly endpointsOpen: boolean;
}

/** The MeshConfig in force and the compile options as one. Without a MeshConfig OSM's defaults hold: deny unless allowed. */
export function meshSettings(objects: Objects, options: CompileOptions, collector: Collector): Settings {
  const config = meshConfigInForce(objects.meshConfigs, options, collector);
  return {
    name: options.meshName,
    trustDomain: options.trustDomain,
    clusterDomain: options.clusterDomain,
    permissive: config?.permissive ?? false,
    egress: config?.egress ?? false,
    tls: {
      tlsMinimum: config?.tlsMinimum ?? 'TLSv1_2',
      tlsMaximum: config?.tlsMaximum ?? 'TLSv1_3',
      cipherSuites: config?.cipherSuites ?? [],
      ecdhCurves: config?.ecdhCurves ?? [],
    },
    tracing: config?.tracing && {
      provider: config.tracing.provider,
      address: config.tracing.address ?? `jaeger.${options.meshNamespace}.svc.${options.clusterDomain}`,
      port: config.tracing.port,
      endpoint: config.tracing.endpoint,
      samplingPercent: config.tracing.samplingPercent,
    },
    externalAuthorization: config?.externalAuthorization,
    certificateSeconds: config?.certificateSeconds ?? 86_400,
    ipv6: usesIPv6(objects),
    endpointsOpen: options.endpoints === 'hole',
  };
}

function meshConfigInForce(
  configs: readonly MeshConfig[],
  options: CompileOptions,
  collector: Collector,
): MeshConfig | undefined {
  const [first, ...others] = configs;
  const own = configs.filter((config) => config.meta.namespace === options.meshNamespace);
  if (own.length === 1) return own[0];
  if (first && others.length > 0) {
    collector.report('SMIC6050', {
      message: `${configs.length} MeshConfigs are in the input, and ${own.length} of them in the namespace "${options.meshNamespace}": which one holds isn't clear`,
      object: objectReference(first.meta),
      ...placed(first.meta.origin, ['metadata', 'name']),
      related: others.map((other) => ({
        message: 'another MeshConfig',
        object: objectReference(other.meta),
        ...placed(other.meta.origin, ['metadata', 'name']),
      })),
    });
  }
  return first;
}

function usesIPv6(objects: Objects): boolean {
  const isIPv6 = (address: string): boolean => address.includes(':');
  return (
    objects.services.some((service) => service.clusterIPs.some(isIPv6)) ||
    objects.pods.some((pod) => pod.podIPs.some(isIPv6)) ||
    objects.endpointSlices.some((slice) => slice.endpoints.some((endpoint) => endpoint.addresses.some(isIPv6)))
  );
}
