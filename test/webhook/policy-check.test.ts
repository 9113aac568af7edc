import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { createPolicyCheck, type PolicyCheck } from '../../webhook/admission/policy-check.ts';
import type { AdmissionRequest, AdmittedObject } from '../../webhook/admission/review.ts';

const mesh = { meshName: 'osm', meshNamespace: 'osm-system', trustDomain: 'cluster.local', clusterDomain: 'cluster.local' };
const shop = { name: 'shop', labels: { 'openservicemesh.io/monitored-by': 'osm' } };
const frame = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: shop },
  ...['web', 'client'].map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } })),
];
const routes = (pathRegex: string, metadata: object = {}) => ({
  apiVersion: 'specs.smi-spec.io/v1alpha4',
  kind: 'HTTPRouteGroup',
  metadata: { name: 'routes', namespace: 'shop', ...metadata },
  spec: { matches: [{ name: 'all', pathRegex, methods: ['GET'] }] },
});
const target = (metadata: object = {}, matches: readonly string[] = ['all']) => ({
  apiVersion: 'access.smi-spec.io/v1alpha3',
  kind: 'TrafficTarget',
  metadata: { name: 'target', namespace: 'shop', ...metadata },
  spec: {
    destination: { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
    sources: [{ kind: 'ServiceAccount', name: 'client', namespace: 'shop' }],
    rules: [{ kind: 'HTTPRouteGroup', name: 'routes', matches }],
  },
});

function checkWith(...objects: readonly object[]): PolicyCheck {
  const check = createPolicyCheck(mesh);
  for (const object of [...frame, ...objects]) check.set(object as Parameters<PolicyCheck['set']>[0]);
  check.prepare();
  return check;
}

function asked(operation: AdmissionRequest['operation'], object: AdmittedObject | undefined, oldObject?: AdmittedObject): AdmissionRequest {
  const { apiVersion, kind } = (object ?? oldObject) as { readonly apiVersion: string; readonly kind: string };
  const [group = '', version = ''] = apiVersion.split('/');
  return { uid: 'x', kind: { group, version, kind }, operation, namespace: 'shop', name: '', object, oldObject, dryRun: false };
}

const codes = (texts: readonly string[] = []): readonly string[] => texts.map((text) => text.slice(0, 8));

test('the words are those of smic lint', () => {
  const bad = routes('(');
  const { refusal } = checkWith().judge(asked('CREATE', bad));
  const text = [...frame, bad].map((object) => JSON.stringify(object)).join('\n---\n');
  const [found] = compile([{ name: 'all.yaml', text }]).diagnostics.filter(({ level }) => level === 'error');
  assert.is(refusal?.code, 422);
  assert.ok(refusal?.message.startsWith(`${found?.code}: ${found?.message}`), refusal?.message);
  assert.ok(refusal?.message.endsWith(found?.fix ?? 'none'), refusal?.message);
});

test('what refers to something that may come later is taken with a warning, in either order', () => {
  const first = checkWith().judge(asked('CREATE', target()));
  assert.equal([first.allowed, codes(first.warnings).includes('SMIC3104')], [true, true]);
  const renamed = { ...routes('.*'), spec: { matches: [{ name: 'every', pathRegex: '.*', methods: ['GET'] }] } };
  const both = checkWith(routes('.*'), target());
  const second = both.judge(asked('UPDATE', renamed, routes('.*')));
  assert.equal([second.allowed, codes(second.warnings)], [true, ['SMIC3105']]);
  const third = both.judge(asked('UPDATE', target({}, ['every']), target()));
  assert.equal([third.allowed, codes(third.warnings).includes('SMIC3105')], [true, true]);
});

test('asking changes nothing: the same question has the same answer, whatever was asked between', () => {
  const check = checkWith(routes('.*'), target());
  const question = asked('UPDATE', target({ annotations: { a: 'b' } }), target());
  const before = check.judge(question);
  check.judge(asked('DELETE', undefined, routes('.*')));
  check.judge(asked('UPDATE', routes('('), routes('.*')));
  check.judge(asked('CREATE', target({ name: 'another' })));
  assert.equal(check.judge(question), before);
});

test('the watch may be behind: what an update brings is told by the old object that comes with it', () => {
  const behind = checkWith();
  // The check has never heard of these routes, which are broken already.
  assert.is(behind.judge(asked('UPDATE', routes('(', { annotations: { a: 'b' } }), routes('('))).allowed, true);
  assert.is(behind.judge(asked('UPDATE', routes('('), routes('.*'))).allowed, false);
});

test('deleting is never refused, and an object that ends is not held up', () => {
  const check = checkWith(routes('.*'), target());
  const gone = check.judge(asked('DELETE', undefined, routes('.*')));
  assert.equal([gone.allowed, codes(gone.warnings).includes('SMIC3104')], [true, true]);
  assert.equal(check.judge(asked('UPDATE', routes('(', { deletionTimestamp: '2026-01-01T00:00:00Z' }), routes('.*'))), { allowed: true });
});

test("Kubernetes' own kinds are never refused: what is wrong with them is a warning", () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { ports: [{ name: 'http', port: 'eighty' }] } };
  const { allowed, warnings } = checkWith().judge(asked('CREATE', service));
  const text = [...frame, service].map((object) => JSON.stringify(object)).join('\n---\n');
  const errors = compile([{ name: 'all.yaml', text }]).diagnostics.filter(({ level }) => level === 'error');
  assert.ok(errors.length > 0);
  assert.is(allowed, true);
  assert.equal(codes(warnings), errors.map(({ code }) => code));
});

test('a generated name, a namespace in the request alone, warnings that an object does not want', () => {
  const { name: _name, namespace: _namespace, ...unnamed } = routes('(').metadata;
  assert.is(checkWith().judge(asked('CREATE', { ...routes('('), metadata: { ...unnamed, generateName: 'routes-' } })).allowed, false);
  const unknown = target({ annotations: { 'smic.dev/suppress': 'SMIC3104' } });
  assert.ok(codes(checkWith().judge(asked('CREATE', unknown)).warnings).includes('SMIC3104'), 'an error is not silenced');
  const nobody = (annotations: object): object => ({ ...target({ annotations }), spec: { ...target().spec, sources: [] } });
  const warned = checkWith(routes('.*')).judge(asked('CREATE', nobody({}) as AdmittedObject));
  assert.equal([warned.allowed, codes(warned.warnings).includes('SMIC3113')], [true, true]);
  const silent = checkWith(routes('.*')).judge(asked('CREATE', nobody({ 'smic.dev/suppress': 'smic3113' }) as AdmittedObject));
  assert.not(codes(silent.warnings).includes('SMIC3113'));
});

test.run();
