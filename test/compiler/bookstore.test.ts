import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chainsOf, compiledFixture, type Fields, messageOf, proxyOf } from './artifact-facts.ts';

const bookthief = 'spiffe://cluster.local/ns/bookthief/sa/bookthief';
const policyMode = ['bookstore-demo/split-100-0', 'bookstore-demo/split-50-50', 'bookstore-demo/split-0-100'];

test('in policy mode nothing admits bookthief', () => {
  for (const fixture of policyMode) {
    for (const { identity, resources } of compiledFixture(fixture).classes) {
      if (identity !== bookthief) assert.not.match(JSON.stringify(resources.map(({ message }) => message)), bookthief, fixture);
    }
  }
});

test('in policy mode bookthief has no way to anybody', () => {
  for (const fixture of policyMode) {
    const { resources } = proxyOf(compiledFixture(fixture), 'bookthief', 'bookthief');
    assert.equal(chainsOf(resources, 'outbound-listener').map((chain) => chain['name']), ['outbound_denied']);
    assert.equal(resources.filter(({ type }) => type === 'cluster').map(({ name }) => name), ['bookthief/bookthief|14001|local', 'envoy-metrics-cluster']);
    assert.equal(resources.filter(({ type }) => type === 'endpoint'), []);
  }
});

test('the split gives each version its share of the requests to the apex, and the versions keep their own names', () => {
  const shares = { 'split-100-0': [100, 0], 'split-50-50': [50, 50], 'split-0-100': [0, 100] };
  for (const [fixture, [v1, v2]] of Object.entries(shares)) {
    const { resources } = proxyOf(compiledFixture(`bookstore-demo/${fixture}`), 'bookbuyer', 'bookbuyer');
    assert.equal(action(messageOf(resources, 'route', 'rds-outbound.bookstore/bookstore|14001'))['weighted_clusters'], {
      clusters: [
        { name: 'bookstore/bookstore-v1|14001', weight: v1 },
        { name: 'bookstore/bookstore-v2|14001', weight: v2 },
      ],
    });
    for (const version of ['bookstore/bookstore-v1|14001', 'bookstore/bookstore-v2|14001']) {
      assert.equal(action(messageOf(resources, 'route', `rds-outbound.${version}`))['cluster'], version);
    }
  }
});

test('another split changes one route of bookbuyer, and nothing of anybody else', () => {
  const [before, after] = [compiledFixture('bookstore-demo/split-100-0'), compiledFixture('bookstore-demo/split-50-50')] as const;
  for (const { namespace, name, resources } of before.classes) {
    const digests = new Map(proxyOf(after, namespace, name).resources.map((resource) => [`${resource.type} ${resource.name}`, resource.digest]));
    const changed = resources.filter((resource) => digests.get(`${resource.type} ${resource.name}`) !== resource.digest);
    assert.equal(changed.map((resource) => resource.name), name === 'bookbuyer' ? ['rds-outbound.bookstore/bookstore|14001'] : []);
  }
});

test('in permissive mode all proxies share what they need to call others', () => {
  const { classes, sets } = compiledFixture('bookstore-demo/permissive');
  assert.equal(sets.length, 1);
  for (const proxy of classes) {
    assert.equal(proxy.sets, ['permissive']);
    assert.equal(proxy.resources.filter(({ name }) => name === 'outbound-listener' || name.startsWith('rds-outbound.')), []);
  }
});

test.run();

/** What the only route of a route configuration does. */
function action(routes: Fields): Fields {
  const first = (list: unknown): Fields => (list as readonly Fields[])[0] ?? {};
  return first(first(routes['virtual_hosts'])['routes'])['route'] as Fields;
}
