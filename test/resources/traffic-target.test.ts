import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, read, readClean } from './read.ts';

const v1alpha1 = `
apiVersion: access.smi-spec.io/v1alpha1
kind: TrafficTarget
metadata: {name: t, namespace: shop}
destination: {kind: ServiceAccount, name: store, namespace: shop, port: "8080"}
specs: [{kind: HTTPRouteGroup, name: g, matches: [a, b, a]}]
sources: [{kind: ServiceAccount, name: buyer, namespace: buyers}]
`;
const v1alpha2 = `
apiVersion: access.smi-spec.io/v1alpha2
kind: TrafficTarget
metadata: {name: t, namespace: shop}
spec:
  destination: {kind: ServiceAccount, name: store, port: 8080}
  rules: [{kind: HTTPRouteGroup, name: g, matches: [a, b]}]
  sources: [{kind: ServiceAccount, name: buyer, namespace: buyers}]
`;
const v1alpha3 = v1alpha2.replace('v1alpha2', 'v1alpha3').replace(', port: 8080', '');

test('every version gives the same object', () => {
  for (const [text, port] of [[v1alpha1, 8080], [v1alpha2, 8080], [v1alpha3, undefined]] as const) {
    const [target] = readClean(text).trafficTargets;
    assert.ok(target);
    assert.is(target.destination.name, 'store');
    assert.is(target.destination.namespace, 'shop');
    assert.is(target.destinationPort, port);
    assert.equal(target.rules.map(({ kind, name, matches }) => ({ kind, name, matches })), [{ kind: 'HTTPRouteGroup', name: 'g', matches: ['a', 'b'] }]);
    assert.equal(target.sources.map(({ kind, name, namespace }) => ({ kind, name, namespace })), [{ kind: 'ServiceAccount', name: 'buyer', namespace: 'buyers' }]);
  }
});

test('parts know their places, each in the shape of its version', () => {
  assert.equal(readClean(v1alpha1).trafficTargets[0]?.rules[0]?.at, ['specs', 0]);
  assert.equal(readClean(v1alpha3).trafficTargets[0]?.rules[0]?.at, ['spec', 'rules', 0]);
});

test('a rule without matches has none', () => {
  const [target] = readClean(v1alpha3.replace(', matches: [a, b]', '')).trafficTargets;
  assert.is(target?.rules[0]?.matches, undefined);
});

test('an empty list of matches stays one, with a warning', () => {
  const { objects, diagnostics } = read(v1alpha3.replace('[a, b]', '[]'));
  assert.equal(objects.trafficTargets[0]?.rules[0]?.matches, []);
  assert.equal(diagnostics.map(({ code, level }) => [code, level]), [['SMIC3004', 'warning']]);
});

test('matches without a value are no list, rather than all', () => {
  assert.equal(findings(v1alpha3.replace('[a, b]', '')), ['SMIC2003 7:43 spec.rules[0].matches must be a list, found nothing (null)']);
});

test('a field of another version is unknown', () => {
  const text = v1alpha2.replace('v1alpha2', 'v1alpha3');
  assert.equal(findings(text), ['SMIC2001 6:52 Unknown field spec.destination.port']);
});

test('ports', () => {
  for (const port of ['0', '65536', '-1', '1.5', '"70000"', '"http"']) {
    const { objects, diagnostics } = read(v1alpha2.replace('8080', port));
    assert.equal(diagnostics.map(({ code }) => code), ['SMIC2003'], port);
    assert.is(objects.trafficTargets.length, 0);
    assert.ok(objects.rejected.has('TrafficTarget/shop/t'));
  }
});

test('kinds of rules, with a proposal', () => {
  const { diagnostics } = read(v1alpha3.replace('HTTPRouteGroup', 'httproutegroup'));
  assert.is(diagnostics[0]?.message, 'spec.rules[0].kind must be HTTPRouteGroup, TCPRoute or UDPRoute, found "httproutegroup"');
  assert.is(diagnostics[0]?.fix, 'Did you mean "HTTPRouteGroup"?');
});

test('rules must be there, and not be empty', () => {
  assert.equal(findings(v1alpha3.replace(/rules:.*/, 'rules: []')), ['SMIC2003 7:10 spec.rules must not be empty']);
  assert.equal(readClean(v1alpha3.replace(/sources:.*/, 'sources: []')).trafficTargets[0]?.sources, []);
  assert.equal(findings(v1alpha3.replace(/ {2}rules:.*\n/, '')), ['SMIC2002 5:1 spec lacks the field "rules"']);
});

test('names of others', () => {
  assert.match(findings(v1alpha3.replace('buyers', '../x'))[0] ?? '', /^SMIC2006 8:60 spec\.sources\[0\]\.namespace is "\.\.\/x", which is not a DNS label/);
  assert.match(findings(v1alpha3.replace('name: g', 'name: G'))[0] ?? '', /^SMIC2006 7:40 spec\.rules\[0\]\.name is "G"/);
  assert.match(findings(v1alpha3.replace('[a, b]', '["a\\u001b[2J"]'))[0] ?? '', /^SMIC2006 .*"a\\u001b\[2J"/);
});

test.run();
