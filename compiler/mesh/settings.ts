import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
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
  /** False: the MeshConfig is broken and none that held before is known. Nothing may be compiled by these settings. */
  readonly known: boolean;
}

/** The MeshConfig that holds; none: OSM's defaults do. */
interface InForce {
  readonly config: MeshConfig | undefined;
}

/**
 * The MeshConfig in force and the compile options as one. Without a MeshConfig OSM's defaults hold: deny unless allowed.
 * Where broken objects are isolated, the last good one stays in force in place of one that is broken: any other could
 * open what it closes.
 */
export function meshSettings(objects: Objects, options: CompilerOptions, memory: Memory): Settings {
  const now = meshConfigInForce(objects, options, memory);
  const inForce = options.isolate ? memory.latest('in force', now) : now;
  const ipv6 = usesIPv6(objects, memory);
  return memory.keep('settings', [inForce?.config, inForce !== undefined, ipv6, options], () => settingsOf(inForce, ipv6, options));
}

function settingsOf(inForce: InForce | undefined, ipv6: boolean, options: CompilerOptions): Settings {
  const config = inForce?.config;
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
    ipv6,
    endpointsOpen: options.endpoints === 'hole',
    known: inForce !== undefined,
  };
}

/**
 * The one in the control plane's namespace. Any other could come from whoever may write in that namespace: it never holds.
 * Undefined, where broken objects are isolated: it can't be read, or which one holds isn't clear.
 */
export function meshConfigInForce({ meshConfigs: configs, rejected }: Objects, { meshNamespace, isolate }: CompilerOptions, memory: Memory): InForce | undefined {
  const own = configs.filter((config) => config.meta.namespace === meshNamespace);
  const [first, ...others] = own;
  if (first && others.length > 0) {
    reportAt(memory, 'SMIC6050', first.meta, ['metadata', 'name'], {
      message: `${own.length} MeshConfigs are in the namespace "${meshNamespace}": which one holds isn't clear`,
      related: others.map((other) => relatedTo('another MeshConfig', other.meta, ['metadata', 'name'])),
    });
  }
  for (const { meta } of configs.filter((config) => !own.includes(config))) {
    reportAt(memory, first ? 'SMIC6052' : 'SMIC6051', meta, ['metadata', 'namespace'], {
      message: `MeshConfig "${meta.namespace}/${meta.name}" isn't in the mesh's namespace, "${meshNamespace}"${first ? ', and has no effect' : ''}`,
    });
  }
  const unclear = own.length > 1 || [...rejected.keys()].some((key) => key.startsWith(`MeshConfig/${meshNamespace}/`));
  return isolate && unclear ? undefined : { config: first };
}

/** Some Service or pod has an IPv6 address. */
export function usesIPv6({ services, pods, endpointSlices }: Objects, memory: Memory): boolean {
  const isIPv6 = (address: string): boolean => address.includes(':');
  return [
    memory.keep('IPv6 of Services', [services], () => services.some((service) => service.clusterIPs.some(isIPv6))),
    memory.keep('IPv6 of pods', [pods], () => pods.some((pod) => pod.podIPs.some(isIPv6))),
    memory.keep('IPv6 of slices', [endpointSlices], () =>
      endpointSlices.some((slice) => slice.endpoints.some((endpoint) => endpoint.addresses.some(isIPv6))),
    ),
  ].includes(true);
}
