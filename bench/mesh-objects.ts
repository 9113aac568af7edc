/*
 * The YAML text of each kind of object in a generated mesh. Text is put together by hand, since a YAML writer would take
 * longer for a big mesh than the compiler does; the names that go in need no quotes.
 */

/** A name within a namespace. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** A pod, as its own object and its Service's EndpointSlice show it. */
export interface PodText extends Named {
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly address: string;
}

const mapping = (entries: Readonly<Record<string, string>>, indent: string): string =>
  Object.entries(entries)
    .map(([key, value]) => `${indent}${key}: ${value}\n`)
    .join('');

const head = (apiVersion: string, kind: string, { namespace, name }: Named): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`;

export const namespaceText = (name: string): string => `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  labels:
    openservicemesh.io/monitored-by: osm
  annotations:
    openservicemesh.io/sidecar-injection: enabled
    openservicemesh.io/metrics: enabled
`;

export const serviceAccountText = (account: Named): string => head('v1', 'ServiceAccount', account);

export const serviceText = (
  service: Named,
  clusterIP: string,
  selector: Readonly<Record<string, string>>,
): string => `${head('v1', 'Service', service)}spec:
  type: ClusterIP
  clusterIP: ${clusterIP}
  clusterIPs:
    - ${clusterIP}
  ports:
    - name: http
      port: 80
      protocol: TCP
      targetPort: web
      appProtocol: http
  selector:
${mapping(selector, '    ')}`;

export const podText = (pod: PodText): string => `${head('v1', 'Pod', pod)}  labels:
${mapping(pod.labels, '    ')}spec:
  serviceAccountName: ${pod.serviceAccount}
  containers:
    - name: app
      image: registry.example/app:1
      ports:
        - name: web
          containerPort: 8080
          protocol: TCP
status:
  phase: Running
  podIP: ${pod.address}
  podIPs:
    - ip: ${pod.address}
  conditions:
    - type: Ready
      status: "True"
`;

export const endpointSliceText = (service: Named, pods: readonly PodText[]): string => `${head('discovery.k8s.io/v1', 'EndpointSlice', {
  namespace: service.namespace,
  name: `${service.name}-slice`,
})}  labels:
    kubernetes.io/service-name: ${service.name}
addressType: IPv4
ports:
  - name: http
    port: 8080
    protocol: TCP
    appProtocol: http
endpoints:
${pods
  .map(
    (pod) => `  - addresses:
      - ${pod.address}
    conditions:
      ready: true
    targetRef:
      kind: Pod
      name: ${pod.name}
      namespace: ${pod.namespace}
`,
  )
  .join('')}`;

/** Five matches, as an HTTP service with a collection of things has them; every service has paths of its own. */
export const httpRouteGroupText = (group: Named, path: string): string => `${head('specs.smi-spec.io/v1alpha4', 'HTTPRouteGroup', group)}spec:
  matches:
    - name: list
      pathRegex: /${path}
      methods:
        - GET
    - name: read
      pathRegex: /${path}/[0-9]+
      methods:
        - GET
        - HEAD
    - name: create
      pathRegex: /${path}
      methods:
        - POST
      headers:
        - content-type: application/json.*
    - name: change
      pathRegex: /${path}/[0-9]+
      methods:
        - PATCH
        - PUT
      headers:
        - content-type: application/json.*
        - if-match: .+
    - name: remove
      pathRegex: /${path}/[0-9]+
      methods:
        - DELETE
`;

/** The names of the matches that `httpRouteGroupText` writes. */
export const matchNames: readonly string[] = ['list', 'read', 'create', 'change', 'remove'];

export const trafficTargetText = (
  target: Named,
  sources: readonly Named[],
): string => `${head('access.smi-spec.io/v1alpha3', 'TrafficTarget', target)}spec:
  destination:
    kind: ServiceAccount
    name: ${target.name}
    namespace: ${target.namespace}
  rules:
    - kind: HTTPRouteGroup
      name: ${target.name}
      matches:
${matchNames.map((name) => `        - ${name}\n`).join('')}  sources:
${sources.map(({ namespace, name }) => `    - kind: ServiceAccount\n      name: ${name}\n      namespace: ${namespace}\n`).join('')}`;

export const trafficSplitText = (
  apex: Named,
  weights: Readonly<Record<string, number>>,
): string => `${head('split.smi-spec.io/v1alpha2', 'TrafficSplit', apex)}spec:
  service: ${apex.name}
  backends:
${Object.entries(weights)
  .map(([service, weight]) => `    - service: ${service}\n      weight: ${weight}\n`)
  .join('')}`;

export const meshConfigText = (permissive: boolean): string => `${head('config.openservicemesh.io/v1alpha2', 'MeshConfig', {
  namespace: 'osm-system',
  name: 'osm-mesh-config',
})}spec:
  traffic:
    enableEgress: false
    enablePermissiveTrafficPolicyMode: ${permissive}
  sidecar:
    tlsMinProtocolVersion: TLSv1_2
    tlsMaxProtocolVersion: TLSv1_3
  certificate:
    serviceCertValidityDuration: 24h
`;
