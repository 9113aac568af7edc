/** What a compilation may be told beside its input. */
export interface CompileOptions {
  /** Name of the mesh, as in the label `openservicemesh.io/monitored-by`. Default `osm`. */
  readonly meshName: string;
  /** The control plane's namespace. Default `osm-system`. */
  readonly meshNamespace: string;
  /** Trust domain of the SPIFFE identities. Default `cluster.local`. */
  readonly trustDomain: string;
  /** The cluster's DNS domain. Default `cluster.local`. */
  readonly clusterDomain: string;
  /** The input is the whole mesh: what would be a note because something isn't known becomes an error. Default false. */
  readonly complete: boolean;
  /** `snapshot`: endpoints come from the input. `hole`: they are left open until served. Default `snapshot`. */
  readonly endpoints: 'snapshot' | 'hole';
  /** Input without any object of smic's is accepted. Default false. */
  readonly allowEmpty: boolean;
}

export const defaultOptions: CompileOptions = {
  meshName: 'osm',
  meshNamespace: 'osm-system',
  trustDomain: 'cluster.local',
  clusterDomain: 'cluster.local',
  complete: false,
  endpoints: 'snapshot',
  allowEmpty: false,
};

/** Options of a compiler for a running cluster. */
export interface CompilerOptions extends CompileOptions {
  /**
   * Objects with an error don't stop the others: each is denied in its place. For a server only: what is compiled for
   * review has no errors.
   */
  readonly isolate: boolean;
  /** Only findings are wanted: there is no artifact. Default false. */
  readonly checksOnly?: boolean;
}
