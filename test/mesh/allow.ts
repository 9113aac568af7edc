const everything = { everything: 'pathRegex: ".*", methods: ["*"]' };

/**
 * Policy that lets service accounts of a namespace send HTTP requests to others of it.
 * @param sources by destination
 * @param matches which requests, by the name of the match: the rest of it, as YAML. Default: every one
 */
export function allow(namespace: string, sources: Readonly<Record<string, readonly string[]>>, matches: Readonly<Record<string, string>> = everything): string {
  const routes = `
apiVersion: specs.smi-spec.io/v1alpha4
kind: HTTPRouteGroup
metadata: { name: all, namespace: ${namespace} }
spec:
  matches:
${Object.entries(matches).map(([name, match]) => `    - { name: ${name}, ${match} }`).join('\n')}
`;
  const target = (destination: string, accounts: readonly string[]): string => `
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: ${destination}, namespace: ${namespace} }
spec:
  destination: { kind: ServiceAccount, name: ${destination}, namespace: ${namespace} }
  rules:
    - { kind: HTTPRouteGroup, name: all, matches: [${Object.keys(matches).join(', ')}] }
  sources:
${accounts.map((name) => `    - { kind: ServiceAccount, name: ${name}, namespace: ${namespace} }`).join('\n')}
`;
  return [routes, ...Object.entries(sources).map(([destination, accounts]) => target(destination, accounts))].join('---');
}
