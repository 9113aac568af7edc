import type { Collector } from '../diagnostics/collector.ts';
import type { CompileOptions } from '../options.ts';
import type { MeshConfig, Objects, TracingConfig } from '../resources/objects.ts';
import { relatedTo, reportAt } from './report-at.ts';

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

/** The one in the control plane's namespace. Any other could come from whoever may write in that namespace: it never holds. */
function meshConfigInForce(
  configs: readonly MeshConfig[],
  { meshNamespace }: CompileOptions,
  collector: Collector,
): MeshConfig | undefined {
  const own = configs.filter((config) => config.meta.namespace === meshNamespace);
  const [first, ...others] = own;
  if (first && others.length > 0) {
    reportAt(collector, 'SMIC6050', first.meta, ['metadata', 'name'], {
      message: `${own.length} MeshConfigs are in the namespace "${meshNamespace}": which one holds isn't clear`,
      related: others.map((other) => relatedTo('another MeshConfig', other.meta, ['metadata', 'name'])),
    });
  }
  for (const { meta } of configs.filter((config) => !own.includes(config))) {
    reportAt(collector, first ? 'SMIC6052' : 'SMIC6051', meta, ['metadata', 'namespace'], {
      message: `MeshConfig "${meta.namespace}/${meta.name}" isn't in the mesh's namespace, "${meshNamespace}"${first ? ', and has no effect' : ''}`,
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
