/**
 * Policy that lets service accounts of a namespace send every HTTP request to others of it.
 * @param sources by destination
 */
export function allow(namespace: string, sources: Readonly<Record<string, readonly string[]>>): string {
  const routes = `
apiVersion: specs.smi-spec.io/v1alpha4
kind: HTTPRouteGroup
metadata: { name: all, namespace: ${namespace} }
spec:
  matches:
    - { name: everything, pathRegex: ".*", methods: ["*"] }
`;
  const target = (destination: string, accounts: readonly string[]): string => `
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: ${destination}, namespace: ${namespace} }
spec:
  destination: { kind: ServiceAccount, name: ${destination}, namespace: ${namespace} }
  rules:
    - { kind: HTTPRouteGroup, name: all, matches: [everything] }
  sources:
${accounts.map((name) => `    - { kind: ServiceAccount, name: ${name}, namespace: ${namespace} }`).join('\n')}
`;
  return [routes, ...Object.entries(sources).map(([destination, accounts]) => target(destination, accounts))].join('---');
}
