import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, read, readClean } from './read.ts';

const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: ${spec}\n`;

test('Service: defaults', () => {
  const [object] = readClean(service('{clusterIP: 10.0.0.1, selector: {app: s}, ports: [{port: 80, nodePort: 30000}]}')).services;
  const { meta: _, ...rest } = object as NonNullable<typeof object>;
  assert.equal(rest, {
    type: 'ClusterIP', headless: false, clusterIPs: ['10.0.0.1'], externalName: undefined, selector: { app: 's' }, publishNotReadyAddresses: false,
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 80, appProtocol: undefined, at: ['spec', 'ports', 0] }],
  });
});

test('Service: dual stack, headless, ExternalName, without a selector', () => {
  assert.equal(readClean(service('{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "FD00:0:0::1"]}')).services[0]?.clusterIPs, ['10.0.0.1', 'fd00::1']);
  const headless = readClean(service('{clusterIP: None, clusterIPs: [None], selector: {}}')).services[0];
  assert.equal([headless?.headless, headless?.clusterIPs, headless?.selector], [true, [], undefined]);
  const external = readClean(service('{type: ExternalName, externalName: db.example.com}')).services[0];
  assert.equal([external?.headless, external?.clusterIPs, external?.externalName], [false, [], 'db.example.com']);
});

test('Service: ports', () => {
  const [object] = readClean(service('{ports: [{name: a, port: 1, targetPort: web}, {name: b, port: 2, protocol: UDP, targetPort: 0}, {name: c, port: 3, targetPort: 30, appProtocol: kubernetes.io/h2c}]}')).services;
  assert.equal(object?.ports.map(({ targetPort, protocol }) => [targetPort, protocol]), [['web', 'TCP'], [2, 'UDP'], [30, 'TCP']]);
  assert.match(findings(service('{ports: [{port: 70000}]}'))[0] ?? '', /^SMIC2003 4:23 spec\.ports\[0\]\.port must be at most 65535, found 70000$/);
  assert.match(findings(service('{ports: [{port: "80"}]}'))[0] ?? '', /^SMIC2003 .*must be a whole number, found a string/);
  assert.match(findings(service('{ports: [{port: 80, name: "a/b"}]}'))[0] ?? '', /^SMIC2006 /);
});

test('Service: names and addresses', () => {
  assert.match(findings(service('{clusterIP: 10.0.0.300}'))[0] ?? '', /^SMIC2011 4:19 spec\.clusterIP is "10\.0\.0\.300"/);
  assert.match(findings(service('{}').replace('name: s', 'name: a.b'))[0] ?? '', /^SMIC2006 3:18 metadata\.name is "a\.b", which is not a DNS label/);
  assert.is(readClean(service('{}').replace('name: s', 'name: 1st')).services.length, 1);
});

test('other fields of Kubernetes are fine, null too', () => {
  const text = `
apiVersion: v1
kind: Pod
metadata: {name: p, creationTimestamp: null, labels: null, managedFields: [{a: b}]}
spec: {containers: [{name: c, image: i, ports: null}], volumes: [], initContainers: null, nodeName: n1}
status: {}
`;
  const [object] = readClean(text).pods;
  assert.equal([object?.spec.serviceAccountName, object?.podIPs, object?.ready, object?.finished, object?.terminating], ['default', [], false, false, false]);
});

test('Pod: addresses, state, ports in the order of Kubernetes', () => {
  const text = `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop, labels: {app: a}, annotations: {k: v}, deletionTimestamp: "2024-01-01T00:00:00Z"}
spec:
  serviceAccountName: store
  hostname: p-0
  subdomain: db
  initContainers:
    - {name: side, restartPolicy: Always, ports: [{containerPort: 9}]}
    - {name: init, ports: [{containerPort: 8}]}
  containers: [{name: c, ports: [{name: web, containerPort: 80}, {containerPort: 53, protocol: UDP}]}]
status:
  phase: Running
  podIP: 10.0.0.2
  podIPs: [{ip: 10.0.0.2}, {ip: "fd00:0::2"}]
  conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "True"}]
`;
  const [object] = readClean(text).pods;
  const { meta: _, ...rest } = object as NonNullable<typeof object>;
  assert.equal(rest, {
    spec: {
      labels: { app: 'a' }, annotations: { k: 'v' }, serviceAccountName: 'store', hostNetwork: false, hostname: 'p-0', subdomain: 'db',
      ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }, { name: '', containerPort: 53, protocol: 'UDP' }, { name: '', containerPort: 9, protocol: 'TCP' }],
    },
    podIPs: ['10.0.0.2', 'fd00::2'], ready: true, finished: false, terminating: true,
  });
  for (const phase of ['Succeeded', 'Failed']) {
    assert.is(readClean(text.replace('Running', phase)).pods[0]?.finished, true);
  }
  assert.match(findings(text.replace('serviceAccountName: store', 'serviceAccountName: ../../x'))[0] ?? '', /^SMIC2006 6:23 /);
});

const template = '{metadata: {labels: {app: a}}, spec: {serviceAccountName: store, containers: []}}';

test('controllers', () => {
  for (const [apiVersion, kind, spec] of [
    ['apps/v1', 'Deployment', `{template: ${template}}`],
    ['apps/v1', 'StatefulSet', `{template: ${template}}`],
    ['apps/v1', 'DaemonSet', `{template: ${template}}`],
    ['apps/v1', 'ReplicaSet', `{template: ${template}}`],
    ['batch/v1', 'Job', `{template: ${template}}`],
    ['batch/v1', 'CronJob', `{jobTemplate: {spec: {template: ${template}}}}`],
    ['batch/v1beta1', 'CronJob', `{jobTemplate: {spec: {template: ${template}}}}`],
  ]) {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: c}\nspec: ${spec}\n`;
    const [object] = readClean(text).podControllers;
    assert.equal([object?.meta.kind, object?.spec.labels, object?.spec.serviceAccountName], [kind, { app: 'a' }, 'store']);
    assert.match(findings(text.replace(/spec: \{(?:template|jobTemplate).*/, 'spec: {}'))[0] ?? '', /^SMIC2002 4:1 spec lacks the field "/);
  }
});

test('controllers that another one owns are left out; a foreign owner does not count', () => {
  const owned = (owner: string): string =>
    `apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: c, ownerReferences: [${owner}]}\nspec: {template: ${template}}\n`;
  assert.is(readClean(owned('{apiVersion: apps/v1, kind: Deployment, name: d, controller: true}')).podControllers.length, 0);
  assert.is(readClean(owned('{apiVersion: apps/v1, kind: Deployment, name: d}')).podControllers.length, 1);
  assert.is(readClean(owned('{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: d, controller: true}')).podControllers.length, 1);
});

const slice = (rest: string, version = 'v1'): string =>
  `apiVersion: discovery.k8s.io/${version}\nkind: EndpointSlice\nmetadata: {name: s-1, namespace: shop, labels: {kubernetes.io/service-name: s}}\n${rest}\n`;

test('EndpointSlice: both versions', () => {
  const text = (zone: string): string => `addressType: IPv4
ports: [{name: web, port: 80}, {name: null, port: null}]
endpoints:
  - {addresses: [10.0.0.1], ${zone}, hostname: h, targetRef: {kind: Pod, name: p}}
  - {addresses: [10.0.0.2], conditions: {ready: false}, targetRef: {kind: Node, name: x}}
  - {addresses: [10.0.0.3], conditions: {terminating: true}}
  - {addresses: [10.0.0.4], conditions: {ready: true, terminating: true}}`;
  for (const [version, zone] of [['v1', 'zone: z'], ['v1beta1', 'topology: {topology.kubernetes.io/zone: z}']] as const) {
    const [object] = readClean(slice(text(zone), version)).endpointSlices;
    assert.is(object?.service, 's');
    assert.equal(object?.ports, [{ name: 'web', port: 80, protocol: 'TCP' }, { name: '', port: undefined, protocol: 'TCP' }]);
    assert.equal(object?.endpoints.map(({ ready }) => ready), [true, false, false, true]);
    assert.equal(object?.endpoints[0], { addresses: ['10.0.0.1'], ready: true, hostname: 'h', pod: 'p', zone: 'z' });
    assert.is(object?.endpoints[1]?.pod, undefined);
  }
});

test('EndpointSlice: null lists, host names, no Service', () => {
  assert.equal(readClean(slice('addressType: IPv4\nports: null\nendpoints: null')).endpointSlices[0]?.endpoints, []);
  assert.equal(readClean(slice('addressType: FQDN\nendpoints: [{addresses: [a.b]}]')).endpointSlices[0]?.endpoints, []);
  const { objects, diagnostics } = read(slice('addressType: IPv4').replace('kubernetes.io/service-name', 'other'));
  assert.equal([objects.endpointSlices.length, diagnostics.map(({ code, level }) => `${level} ${code}`)], [0, ['note SMIC2012']]);
  assert.match(findings(slice('addressType: IPv4\nendpoints: [{addresses: [10.0.0.1/32]}]'))[0] ?? '', /^SMIC2011 5:26 endpoints\[0\]\.addresses\[0\] is "10\.0\.0\.1\/32"/);
});

test('Endpoints count where the Service has no slice', () => {
  const endpoints = `apiVersion: v1
kind: Endpoints
metadata: {name: s, namespace: shop}
subsets:
  - {addresses: [{ip: 10.0.0.1, hostname: h, targetRef: {kind: Pod, name: p}}], notReadyAddresses: [{ip: 10.0.0.2}], ports: [{name: web, port: 80}]}
  - {addresses: [{ip: 10.0.0.3}]}
`;
  const objects = readClean(endpoints);
  assert.equal(objects.endpointSlices.map(({ service, ports, endpoints: list }) => [service, ports.length, list.map(({ ready }) => ready)]), [
    ['s', 1, [true, false]],
    ['s', 0, [true]],
  ]);
  const both = readClean({ 'a.yaml': endpoints, 'b.yaml': slice('addressType: IPv4\nendpoints: []') });
  assert.equal(both.endpointSlices.map(({ meta }) => meta.kind), ['EndpointSlice']);
});

test('Namespace and ServiceAccount', () => {
  const objects = readClean('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {a: b}}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: store.v1}\n');
  assert.equal([objects.namespaces[0]?.meta.namespace, objects.namespaces[0]?.meta.labels], ['', { a: 'b' }]);
  assert.equal([objects.serviceAccounts[0]?.meta.namespace, objects.serviceAccounts[0]?.meta.name], ['default', 'store.v1']);
});

test.run();
