/** A column that `kubectl get` shows. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  readonly jsonPath: string;
  readonly description: string;
  /** 1: only with `-o wide`, where what is not a single value is shown as JSON. */
  readonly priority?: number;
}

/** A kind of the mesh's policy, as the cluster is told of it. */
export interface CustomResource {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /**
   * The newest first; the first is stored. Nothing converts between versions but their name, so only those are served whose
   * objects a client can read and write back without opening anything, even where it knows fewer fields than are stored.
   */
  readonly served: readonly string[];
  /** Versions that clusters may have stored objects in: they are named, since the API server demands it, and not served. */
  readonly unserved: readonly string[];
  readonly columns: readonly PrinterColumn[];
}

const specs = 'specs.smi-spec.io';
const ports: PrinterColumn = { name: 'Ports', type: 'string', jsonPath: '.spec.matches.ports', description: 'Ports that the route stands for; none: all.' };

/** All of them, in alphabetical order. A path to several values (`[*]`) would show the first alone. Short names are those of OSM's own definitions. */
export const customResources: readonly CustomResource[] = [
  {
    group: specs,
    kind: 'HTTPRouteGroup',
    plural: 'httproutegroups',
    shortNames: ['htr'],
    served: ['v1alpha4', 'v1alpha3'],
    // There is no `spec` in these.
    unserved: ['v1alpha2', 'v1alpha1'],
    columns: [{ name: 'Matches', type: 'string', jsonPath: '.spec.matches', description: 'The matches of the group.', priority: 1 }],
  },
  {
    group: 'config.openservicemesh.io',
    kind: 'MeshConfig',
    plural: 'meshconfigs',
    shortNames: ['meshconfig'],
    served: ['v1alpha2'],
    // It doesn't know the TLS settings: written back by it, a mesh would fall back to weaker ones.
    unserved: ['v1alpha1'],
    columns: [
      { name: 'Permissive', type: 'boolean', jsonPath: '.spec.traffic.enablePermissiveTrafficPolicyMode', description: 'Every sidecar may call every service.' },
      { name: 'Egress', type: 'boolean', jsonPath: '.spec.traffic.enableEgress', description: 'Traffic to anything outside the mesh passes.' },
    ],
  },
  {
    group: specs,
    kind: 'TCPRoute',
    plural: 'tcproutes',
    shortNames: ['tr'],
    served: ['v1alpha4'],
    // They know no ports, and a route without ports stands for all.
    unserved: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
    columns: [ports],
  },
  {
    group: 'split.smi-spec.io',
    kind: 'TrafficSplit',
    plural: 'trafficsplits',
    shortNames: ['ts'],
    // v1alpha2 is the version that OSM served: its clients must go on working. It knows no `matches`.
    served: ['v1alpha4', 'v1alpha3', 'v1alpha2'],
    // Its weights may be quantities (500m).
    unserved: ['v1alpha1'],
    columns: [
      { name: 'Service', type: 'string', jsonPath: '.spec.service', description: 'The service whose traffic is split.' },
      { name: 'Backends', type: 'string', jsonPath: '.spec.backends', description: 'Services that the traffic goes to, with their weights.', priority: 1 },
    ],
  },
  {
    group: 'access.smi-spec.io',
    kind: 'TrafficTarget',
    plural: 'traffictargets',
    shortNames: ['tt'],
    served: ['v1alpha3'],
    // v1alpha2 limits a target to a port (`destination.port`), which v1alpha3 can't say; v1alpha1 has no `spec`.
    unserved: ['v1alpha2', 'v1alpha1'],
    columns: [
      { name: 'Destination', type: 'string', jsonPath: '.spec.destination.name', description: 'Service account that may be called.' },
      { name: 'Sources', type: 'string', jsonPath: '.spec.sources', description: 'Who may call.', priority: 1 },
      { name: 'Rules', type: 'string', jsonPath: '.spec.rules', description: 'What may be called.', priority: 1 },
    ],
  },
  {
    group: specs,
    kind: 'UDPRoute',
    plural: 'udproutes',
    shortNames: [],
    served: ['v1alpha4'],
    unserved: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
    columns: [ports],
  },
];
