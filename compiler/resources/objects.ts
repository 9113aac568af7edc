import type { Origin, Path, RawObject } from '../load/document.ts';

/*
 * The typed objects that leave this stage: independent of the API version that they were written in, defaults filled in.
 * Every `at` is the path from the object's own root to the part, in the shape that the user wrote, so that a diagnostic
 * about a part can point at it.
 */

/** Identifies an object and says where it was read. `namespace` is empty for cluster-scoped kinds. */
export interface Meta {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** A source or destination of a TrafficTarget. Its namespace, where omitted, is the TrafficTarget's. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly at: Path;
}

/** A rule of a TrafficTarget. `matches` undefined: all matches of the group. */
export interface TargetRule {
  readonly kind: 'HTTPRouteGroup' | 'TCPRoute' | 'UDPRoute';
  readonly name: string;
  readonly matches: readonly string[] | undefined;
  readonly at: Path;
}

/** smi-spec traffic-access v1alpha1 to v1alpha3. */
export interface TrafficTarget {
  readonly meta: Meta;
  readonly destination: Subject;
  /** `destination.port` of v1alpha1 and v1alpha2. */
  readonly destinationPort: number | undefined;
  readonly rules: readonly TargetRule[];
  readonly sources: readonly Subject[];
}

/** One header condition. `name` is lower case; `host` is `:authority`. `regex` is RE2, matched in full. */
export interface HeaderMatch {
  readonly name: string;
  readonly regex: string;
  readonly at: Path;
}

/** One match of an HTTPRouteGroup. `pathRegex` undefined: any path; `methods` undefined: any method (no `*` is left in it). */
export interface HTTPMatch {
  readonly name: string;
  readonly pathRegex: string | undefined;
  /** Upper case, no duplicates, sorted. */
  readonly methods: readonly string[] | undefined;
  /** Sorted by name. */
  readonly headers: readonly HeaderMatch[];
  readonly at: Path;
}

/** smi-spec traffic-specs v1alpha1 to v1alpha4. */
export interface HTTPRouteGroup {
  readonly meta: Meta;
  readonly matches: readonly HTTPMatch[];
}

/** TCPRoute or UDPRoute. No ports: all ports. */
export interface PortRoute {
  readonly meta: Meta;
  readonly ports: readonly { readonly port: number; readonly at: Path }[];
}

/** A backend of a TrafficSplit. Weights are whole numbers (v1alpha1's quantities are brought to one unit). */
export interface SplitBackend {
  readonly service: string;
  readonly weight: number;
  readonly at: Path;
}

/** smi-spec traffic-split v1alpha1 to v1alpha4. */
export interface TrafficSplit {
  readonly meta: Meta;
  /** The apex, as written: a Service's name or a host name of it. */
  readonly service: string;
  readonly backends: readonly SplitBackend[];
  /** HTTPRouteGroups whose requests this split takes; empty: all requests. */
  readonly matches: readonly { readonly name: string; readonly at: Path }[];
}

/** config.openservicemesh.io v1alpha1 and v1alpha2, with OSM's defaults; what smic has no use for is left out. */
export interface MeshConfig {
  readonly meta: Meta;
  readonly permissive: boolean;
  readonly egress: boolean;
  /** Envoy's names: TLSv1_0 … TLSv1_3. */
  readonly tlsMinimum: string;
  readonly tlsMaximum: string;
  readonly cipherSuites: readonly string[];
  readonly ecdhCurves: readonly string[];
  readonly tracing: TracingConfig | undefined;
  readonly externalAuthorization: ExternalAuthorizationConfig | undefined;
  /** Lifetime of a workload's certificate, in seconds. */
  readonly certificateSeconds: number;
  readonly sidecarConfig: SidecarConfig;
}

/** What of a MeshConfig pods get when they are injected. Lists as written. */
export interface SidecarConfig {
  /** Envoy's word. */
  readonly logLevel: string;
  readonly initImage: string | undefined;
  readonly privilegedInit: boolean;
  /** Kubernetes' ResourceRequirements, as written. */
  readonly resources: Readonly<Record<string, unknown>>;
  /** Applications listen on the pod's address, not on loopback. */
  readonly onPodAddress: boolean;
  readonly excludedInboundPorts: readonly number[];
  readonly excludedOutboundPorts: readonly number[];
  readonly excludedOutboundRanges: readonly string[];
  readonly includedOutboundRanges: readonly string[];
  readonly excludedInterfaces: readonly string[];
}

/** observability.tracing; `provider` and `samplingPercent` are smic's additions to OSM's fields. */
export interface TracingConfig {
  readonly address: string | undefined;
  readonly port: number;
  readonly endpoint: string;
  readonly provider: 'Zipkin' | 'OpenTelemetry';
  readonly samplingPercent: number;
  readonly at: Path;
}

/** traffic.inboundExternalAuthorization, where it is enabled. */
export interface ExternalAuthorizationConfig {
  readonly address: string;
  readonly port: number;
  readonly statPrefix: string;
  readonly timeoutMilliseconds: number;
  readonly failureModeAllow: boolean;
  readonly at: Path;
}

export interface Namespace {
  readonly meta: Meta;
}

export interface ServiceAccount {
  readonly meta: Meta;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** A number, or the name of a container port. */
  readonly targetPort: number | string;
  readonly appProtocol: string | undefined;
  readonly at: Path;
}

export interface Service {
  readonly meta: Meta;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** True for `clusterIP: None`. */
  readonly headless: boolean;
  /** IPv4 and IPv6 addresses in canonical text; empty where the cluster hasn't given any yet, and for headless and ExternalName. */
  readonly clusterIPs: readonly string[];
  readonly externalName: string | undefined;
  /** Undefined where there is no selector or an empty one. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePort[];
  readonly publishNotReadyAddresses: boolean;
}

/** What a pod or a pod template says. */
export interface PodSpec {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `default` where omitted. */
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly hostname: string | undefined;
  readonly subdomain: string | undefined;
  /** Ports of all containers (native sidecars among the init containers too), in their order. */
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: 'TCP' | 'UDP' | 'SCTP' }[];
}

/** A pod that exists. */
export interface Pod {
  readonly meta: Meta;
  readonly spec: PodSpec;
  /** Canonical text; empty until the pod has an address. */
  readonly podIPs: readonly string[];
  readonly ready: boolean;
  /** Succeeded or Failed: it takes no part any more. */
  readonly finished: boolean;
  readonly terminating: boolean;
}

/** A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob: its template stands for pods. Those that a controller owns are left out: the owner speaks for them. */
export interface PodController {
  readonly meta: Meta;
  readonly spec: PodSpec;
}

export interface Endpoint {
  /** Canonical text. */
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly hostname: string | undefined;
  /** Name of the pod behind it, in the slice's namespace. */
  readonly pod: string | undefined;
  readonly zone: string | undefined;
}

/** An EndpointSlice (discovery.k8s.io/v1, v1beta1), or a subset of an Endpoints object in the same shape. */
export interface EndpointSlice {
  readonly meta: Meta;
  /** The Service's name (label `kubernetes.io/service-name`; an Endpoints object has its Service's name). */
  readonly service: string;
  readonly ports: readonly { readonly name: string; readonly port: number | undefined; readonly protocol: 'TCP' | 'UDP' | 'SCTP' }[];
  readonly endpoints: readonly Endpoint[];
}

/** All objects of the input, each list sorted by namespace, then name. */
export interface Objects {
  readonly trafficTargets: readonly TrafficTarget[];
  readonly httpRouteGroups: readonly HTTPRouteGroup[];
  readonly tcpRoutes: readonly PortRoute[];
  readonly udpRoutes: readonly PortRoute[];
  readonly trafficSplits: readonly TrafficSplit[];
  readonly meshConfigs: readonly MeshConfig[];
  readonly namespaces: readonly Namespace[];
  readonly services: readonly Service[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly pods: readonly Pod[];
  readonly podControllers: readonly PodController[];
  /** EndpointSlices where a Service has any, else what its Endpoints object says. */
  readonly endpointSlices: readonly EndpointSlice[];
  /** How many objects of other kinds were skipped, by `apiVersion kind`, sorted. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Objects that were left out because they hold an error, by `Kind/namespace/name`: a reference to one isn't dangling. */
  readonly rejected: ReadonlyMap<string, RawObject>;
}
