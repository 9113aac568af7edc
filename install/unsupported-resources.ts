/** Kinds of OSM's and SMI's that smic can't compile, by group: it installs none of them, but where another has, they must not be passed over. */
export const unsupportedResources: readonly { readonly group: string; readonly plurals: readonly string[] }[] = [
  { group: 'access.smi-spec.io', plurals: ['identitybindings'] },
  { group: 'config.openservicemesh.io', plurals: ['extensionservices'] },
  { group: 'policy.openservicemesh.io', plurals: ['egresses', 'ingressbackends', 'retries', 'telemetries', 'upstreamtrafficsettings'] },
];
