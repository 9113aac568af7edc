import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, read, readClean } from './read.ts';

const account = (name: string, rest = ''): string => `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}${rest}}\n`;
const bare = (apiVersion: string, kind: string): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n`;

test('foreign kinds are skipped and counted', () => {
  const objects = readClean([bare('v1', 'ConfigMap'), bare('v1', 'ConfigMap'), bare('gateway.networking.k8s.io/v1', 'TCPRoute'), bare('apps.example.com/v1', 'Deployment')].join('---\n'));
  assert.equal(objects.skipped, { 'apps.example.com/v1 Deployment': 1, 'gateway.networking.k8s.io/v1 TCPRoute': 1, 'v1 ConfigMap': 2 });
  assert.equal(Object.keys(objects.skipped), ['apps.example.com/v1 Deployment', 'gateway.networking.k8s.io/v1 TCPRoute', 'v1 ConfigMap']);
});

test('names that every object has are no kinds', () => {
  assert.equal(readClean(bare('constructor', 'toString')).skipped, { 'constructor toString': 1 });
});

test('unknown versions', () => {
  for (const [apiVersion, kind] of [['access.smi-spec.io/v1alpha9', 'TrafficTarget'], ['v2', 'Service'], ['discovery.k8s.io/v2', 'EndpointSlice'], ['config.openservicemesh.io/v1', 'MeshConfig']] as const) {
    const { diagnostics } = read(bare(apiVersion, kind));
    assert.equal(diagnostics.map(({ code, place }) => [code, place?.line, place?.column]), [['SMIC2005', 1, 13]]);
  }
  assert.is(read(bare('access.smi-spec.io/v1beta1', 'TrafficTarget')).diagnostics[0]?.fix, 'Write access.smi-spec.io/v1alpha1, access.smi-spec.io/v1alpha2 or access.smi-spec.io/v1alpha3.');
});

test('policies that are not supported are never ignored', () => {
  for (const kind of ['Egress', 'IngressBackend', 'Retry', 'UpstreamTrafficSetting', 'Telemetry']) {
    assert.equal(findings(bare('policy.openservicemesh.io/v1alpha1', kind)), [`SMIC2004 2:7 ${kind} (policy.openservicemesh.io) is not supported yet`]);
  }
  assert.match(findings(bare('config.openservicemesh.io/v1alpha2', 'ExtensionService'))[0] ?? '', /^SMIC2004 /);
  assert.match(findings(bare('access.smi-spec.io/v1alpha4', 'IdentityBinding'))[0] ?? '', /^SMIC2004 /);
  assert.equal(read(bare('config.openservicemesh.io/v1alpha2', 'MeshRootCertificate')).diagnostics.map(({ code, level }) => [code, level]), [['SMIC2008', 'note']]);
});

test('slips in the kind or the group', () => {
  const fixes = (apiVersion: string, kind: string): readonly string[] => read(bare(apiVersion, kind)).diagnostics.map(({ code, fix }) => `${code} ${fix}`);
  assert.equal(fixes('access.smi-spec.io/v1alpha3', 'TraficTarget'), ['SMIC2007 Did you mean "TrafficTarget"?']);
  assert.equal(fixes('policy.openservicemesh.io/v1alpha1', 'egress'), ['SMIC2007 Did you mean "Egress"?']);
  assert.equal(fixes('access.smispec.io/v1alpha3', 'TrafficTarget'), ['SMIC2007 Did you mean "access.smi-spec.io/v1alpha3"?']);
  assert.equal(fixes('v1', 'service'), ['SMIC2007 Did you mean "Service"?']);
  assert.equal(fixes('split.smi-spec.io/v1alpha2', 'Something'), ['SMIC2007 Correct the kind or the API version, or remove the object.']);
});

test('hostile names', () => {
  for (const name of ['"../../etc"', '"a/b"', '".."', '"a\\u0000b"', '"a\\u001b[31m"', 'A', '"-a"', '"a-"', '"a..b"', 'x'.repeat(254), '"\\u202e"']) {
    const { objects, diagnostics } = read(account(name));
    assert.equal(diagnostics.map(({ code }) => code), ['SMIC2006'], name);
    assert.is(objects.serviceAccounts.length, 0);
    assert.not.match(diagnostics[0]?.message ?? '', /[\u0000-\u001f\u007f-\u009f\u202e]/);
    assert.ok((diagnostics[0]?.message.length ?? 0) < 300);
    assert.equal(read(account('a', `, namespace: ${name}`)).diagnostics.map(({ code }) => code), ['SMIC2006'], name);
  }
  assert.is(readClean(account('x'.repeat(253))).serviceAccounts.length, 1);
  assert.is(read(account('a', `, namespace: ${'x'.repeat(64)}`)).diagnostics.length, 1);
});

test('lists are sorted by namespace, then name', () => {
  const objects = readClean([account('b', ', namespace: z'), account('c', ', namespace: a'), account('a', ', namespace: z')].join('---\n'));
  assert.equal(objects.serviceAccounts.map(({ meta }) => `${meta.namespace}/${meta.name}`), ['a/c', 'z/a', 'z/b']);
});

test('an object twice', () => {
  const same = read({ 'b.yaml': account('a', ', labels: {x: "1", z: "2"}'), 'a.yaml': account('a', ', namespace: default, labels: {z: "2", x: "1"}') });
  assert.equal(same.diagnostics.map(({ code, level, place, related }) => [code, level, place?.file, related[0]?.place?.file]), [['SMIC2009', 'note', 'b.yaml', 'a.yaml']]);
  assert.is(same.objects.serviceAccounts[0]?.meta.origin.document?.file, 'a.yaml');
  const different = read(`${account('a')}---\n${account('a', ', labels: {at: x}')}`);
  assert.equal(different.diagnostics.map(({ code, place, related }) => [code, place?.line, related[0]?.place?.line]), [['SMIC2010', 7, 3]]);
});

test('an object in two API versions', () => {
  const route = (version: string, spec: string): string => `apiVersion: specs.smi-spec.io/${version}\nkind: HTTPRouteGroup\nmetadata: {name: g}\n${spec}\n`;
  const codes = (spec: string): readonly string[] => read(`${route('v1alpha2', 'matches: [{name: a, headers: {B: c}}]')}---\n${route('v1alpha4', spec)}`).diagnostics.map(({ code }) => code);
  assert.equal(codes('spec: {matches: [{name: a, headers: [{b: c}]}]}'), ['SMIC2009']);
  assert.equal(codes('spec: {matches: [{name: a, headers: [{b: d}]}]}'), ['SMIC2010']);
});

test('the same name in another kind or group is another object', () => {
  const job = (apiVersion: string, kind: string): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: {template: {spec: {}}}\n`;
  assert.is(readClean([job('apps/v1', 'Deployment'), job('apps/v1', 'ReplicaSet'), job('batch/v1', 'Job')].join('---\n')).podControllers.length, 3);
});

test('a great many faults in one object are told of in part', () => {
  const text = `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, labels: {${Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join(', ')}}}\n`;
  const { diagnostics } = read(text);
  assert.is(diagnostics.length, 25);
  assert.match(diagnostics.at(-1)?.message ?? '', /\(and 975 more problems in this object\)$/);
});

test('status and any metadata are allowed in policies', () => {
  const text = `apiVersion: specs.smi-spec.io/v1alpha4
kind: TCPRoute
metadata: {name: r, resourceVersion: "1", managedFields: [], whatever: 1}
status: {anything: [1]}
`;
  assert.is(readClean(text).tcpRoutes.length, 1);
});

test.run();
