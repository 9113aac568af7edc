import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, readClean } from './read.ts';

const split = (spec: string, version = 'v1alpha2'): string =>
  `apiVersion: split.smi-spec.io/${version}\nkind: TrafficSplit\nmetadata: {name: s, namespace: shop}\nspec: ${spec}\n`;
const backends = (...weights: string[]): string => `[${weights.map((weight, index) => `{service: b${index}, weight: ${weight}}`).join(', ')}]`;

test('every version', () => {
  for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4']) {
    const [object] = readClean(split(`{service: a.shop.svc.cluster.local, backends: ${backends('90', '10', '0')}}`, version)).trafficSplits;
    assert.is(object?.service, 'a.shop.svc.cluster.local');
    assert.equal(object?.backends.map(({ service, weight }) => [service, weight]), [['b0', 90], ['b1', 10], ['b2', 0]]);
    assert.equal(object?.matches, []);
  }
});

test('quantities of v1alpha1 keep their ratios', () => {
  const weights = (...written: string[]): readonly number[] | undefined =>
    readClean(split(`{service: a, backends: ${backends(...written)}}`, 'v1alpha1')).trafficSplits[0]?.backends.map(({ weight }) => weight);
  assert.equal(weights('900m', '100m'), [9, 1]);
  assert.equal(weights('1', '500m'), [10, 5]);
  assert.equal(weights('1.5', '"0.25"', '0'), [150, 25, 0]);
  assert.equal(weights('1k', '1Ki', '1e3', '"1E-1"'), [10000, 10240, 10000, 1]);
  assert.equal(weights('0', '0m'), [0, 0]);
});

test('weights that are none', () => {
  for (const weight of ['-1', '1.5', '"1"', '3000000000']) {
    assert.match(findings(split(`{service: a, backends: ${backends(weight)}}`))[0] ?? '', /^SMIC2003 4:\d+ spec\.backends\[0\]\.weight must be /);
  }
  for (const weight of ['-1', '"-100m"', 'abc', '1Gi']) {
    assert.match(findings(split(`{service: a, backends: ${backends(weight)}}`, 'v1alpha1'))[0] ?? '', /^SMIC2003 /, weight);
  }
  assert.match(findings(split(`{service: a, backends: ${backends('2147483647', '2147483647', '2')}}`))[0] ?? '', /^SMIC2013 /);
});

test('matches came with v1alpha3', () => {
  const text = `{service: a, backends: ${backends('1')}, matches: [{kind: HTTPRouteGroup, name: g, apiGroup: specs.smi-spec.io}]}`;
  for (const version of ['v1alpha3', 'v1alpha4']) {
    assert.equal(readClean(split(text, version)).trafficSplits[0]?.matches, [{ name: 'g', at: ['spec', 'matches', 0] }]);
  }
  assert.match(findings(split(text))[0] ?? '', /^SMIC2001 4:\d+ Unknown field spec\.matches$/);
});

test('names', () => {
  assert.match(findings(split(`{service: "a/b", backends: ${backends('1')}}`))[0] ?? '', /^SMIC2006 /);
  assert.match(findings(split('{service: a, backends: [{service: b.c, weight: 1}]}'))[0] ?? '', /^SMIC2006 .*not a DNS label/);
  assert.equal(findings(split('{service: a, backends: []}')), ['SMIC2003 4:30 spec.backends must not be empty']);
});

test.run();
