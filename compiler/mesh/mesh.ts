import type { HTTPMatch, Meta, ServicePort } from '../resources/objects.ts';
import type { Path } from '../load/document.ts';
import type { Settings } from './settings.ts';

/*
 * The catalog: what the input means, in plain readonly data. It knows nothing of Envoy and nothing of API versions.
 */

/** A namespace's service account, `<namespace>/<service account>`; names the identity within the mesh. */
export type Identity = string;

/** A pod, or a controller whose template stands for pods. */
export interface Workload {
  readonly meta: Meta;
  /** `<pod>`, or `Deployment/<name>` and the like for a template. */
  readonly name: string;
  readonly identity: Identity;
  readonly labels: Readonly<Record<string, string>>;
  /** TCP ports of its containers that have a name. */
  readonly namedPorts: ReadonlyMap<string, number>;
  readonly sidecar: boolean;
  /** Its sidecar's statistics are to be scraped. */
  readonly metrics: boolean;
  readonly addresses: readonly string[];
  /** It exists and may get traffic. False for templates. */
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** How a sidecar treats a port's traffic: HTTP of any version, or bytes. */
export type Layer = 'http' | 'tcp';

/** One address that answers for a Service's port. */
export interface PortEndpoint {
  /** IPv4 or IPv6, canonical text. */
  readonly address: string;
  readonly port: number;
  /** Undefined where no pod of the input has the address. */
  readonly identity: Identity | undefined;
  readonly zone: string | undefined;
}

/** A TCP port of a Service of the mesh. */
export interface MeshPort {
  /** `<namespace>/<service>|<port>` */
  readonly key: string;
  readonly service: MeshService;
  readonly port: number;
  /** As the user or the default chose it, lower case: `http`, `grpc`, `tcp-server-first`, … */
  readonly protocol: string;
  readonly layer: Layer;
  /** The port on which each workload listens for it; none for those whose port of that name is missing. */
  readonly targetPortOf: ReadonlyMap<Workload, number>;
  readonly declaration: ServicePort;
}

/** A Service in a namespace of the mesh (ExternalName Services aren't: nothing of them passes through the mesh). */
export interface MeshService {
  /** `<namespace>/<name>` */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly meta: Meta;
  readonly headless: boolean;
  /** Cluster IPs, sorted, IPv4 first. */
  readonly addresses: readonly string[];
  /** Sorted by number. */
  readonly ports: readonly MeshPort[];
  /** Those behind it that have a sidecar, sorted by name. */
  readonly workloads: readonly Workload[];
  /** Those identities, sorted. */
  readonly identities: readonly Identity[];
}

/** Which Service ports something is for. */
export interface PortScope {
  /** Undefined: all ports. */
  readonly servicePorts: ReadonlySet<number> | undefined;
  /** Those that were named by the port on which the destination's pods listen for them. */
  readonly behind: ReadonlySet<MeshPort>;
}

/** One thing that a TrafficTarget allows over HTTP. */
export interface HTTPGrant {
  /** `TrafficTarget/<namespace>/<name>/<rule>/<match>` */
  readonly name: string;
  readonly group: Meta;
  readonly match: HTTPMatch;
  /** The rule, within the TrafficTarget. */
  readonly at: Path;
}

/** One thing that a TrafficTarget allows over TCP. */
export interface TCPGrant {
  /** `TrafficTarget/<namespace>/<name>/<rule>` */
  readonly name: string;
  readonly scope: PortScope;
  readonly route: Meta;
  readonly at: Path;
}

/** What one TrafficTarget allows, all names resolved. */
export interface Target {
  readonly meta: Meta;
  readonly destination: Identity;
  /** Sorted, no duplicates. */
  readonly sources: readonly Identity[];
  /** Limits of HTTP and TCP alike; all must hold. */
  readonly scopes: readonly PortScope[];
  /** Sorted by name. */
  readonly http: readonly HTTPGrant[];
  readonly tcp: readonly TCPGrant[];
}

/** A weight's part of a Service port's traffic. The port is a leaf: it is not split any further. */
export interface Share {
  readonly port: MeshPort;
  /** Relative to the other shares; 0: kept ready, gets nothing. */
  readonly weight: number;
}

/** What a client's sidecar does with part of the requests to a Service port. */
export interface Branch {
  /** The requests that it is for; undefined: all that no branch before it took. */
  readonly match: HTTPMatch | undefined;
  /** Sorted by the port's key. Not empty, and the sum of weights is positive, unless `denied` is. */
  readonly shares: readonly Share[];
  /** The weight of what is sent nowhere, since the TrafficSplit or what it names is broken; 0 unless such objects are isolated. */
  readonly denied: number;
  /** The TrafficSplits that made it; empty: the Service itself. */
  readonly splits: readonly Meta[];
}

/** Where the traffic to a Service port goes. The last branch has no match. */
export interface Routing {
  readonly port: MeshPort;
  readonly branches: readonly Branch[];
}

/** Addresses and a port that clients connect to when they mean a Service port. */
export interface Dial {
  readonly port: number;
  /** Not empty, sorted. */
  readonly addresses: readonly string[];
}

/** All sidecars with the same identity and the same set of backed Services. */
export interface WorkloadClass {
  readonly namespace: string;
  readonly serviceAccount: string;
  /**
   * Folder name: the service account's, or `<service account>~<services joined by +>` where the account is behind several
   * sets of Services and this one isn't empty.
   */
  readonly name: string;
  readonly identity: Identity;
  readonly services: readonly MeshService[];
  /** Sorted by name. */
  readonly workloads: readonly Workload[];
  readonly metrics: boolean;
}

/** The whole catalog. Lists are sorted by namespace and name. */
export interface Mesh {
  readonly settings: Settings;
  readonly services: readonly MeshService[];
  readonly classes: readonly WorkloadClass[];
  readonly targets: readonly Target[];
  readonly routings: ReadonlyMap<MeshPort, Routing>;
  /** Who answers for each Service port, sorted by address, then port. They change often, and nothing else of a port does then. */
  readonly endpoints: ReadonlyMap<MeshPort, readonly PortEndpoint[]>;
  /** What clients dial for each Service port; none: no client can be told to reach it. */
  readonly dials: ReadonlyMap<MeshPort, readonly Dial[]>;
}
