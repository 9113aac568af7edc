import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { generateMesh, type MeshShape } from '../../bench/generate-mesh.ts';

/** The fields of a generated object that these tests look at. */
interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly clusterIP: string;
    readonly service: string;
    readonly backends: readonly { readonly service: string; readonly weight: number }[];
    readonly destination: { readonly name: string; readonly namespace: string };
    readonly rules: readonly { readonly name: string; readonly matches: readonly string[] }[];
    readonly sources: readonly { readonly name: string; readonly namespace: string }[];
    readonly matches: readonly { readonly name: string }[];
    readonly traffic: { readonly enablePermissiveTrafficPolicyMode: boolean };
  };
  readonly status: { readonly podIP: string };
  readonly endpoints: readonly { readonly addresses: readonly string[]; readonly targetRef: { readonly name: string } }[];
}

const shape: MeshShape = { services: 60, permissive: false, seed: 1 };
const key = (item: Item): string => `${item.kind}/${item.metadata.namespace ?? ''}/${item.metadata.name}`;

function objectsOf(of: MeshShape): readonly Item[] {
  return generateMesh(of).flatMap((file) =>
    parseAllDocuments(file.text).map((document) => {
      assert.equal([...document.errors, ...document.warnings], [], file.name);
      return document.toJS() as Item;
    }),
  );
}

const objects = objectsOf(shape);
const ofKind = (kind: string): readonly Item[] => objects.filter((item) => item.kind === kind);
const keys = new Set(objects.map(key));
const refers = (kind: string, namespace: string, name: string): void => {
  assert.ok(keys.has(`${kind}/${namespace}/${name}`), `${kind} ${namespace}/${name} is not there`);
};

test('the same seed gives the same text, another seed another mesh of the same size', () => {
  assert.equal(generateMesh(shape), generateMesh(shape));
  const other = generateMesh({ ...shape, seed: 2 });
  assert.not.equal(other, generateMesh(shape));
  assert.is(objectsOf({ ...shape, seed: 2 }).length, objects.length);
});

test('the numbers of objects follow from the number of services', () => {
  const counts: Record<string, number> = {};
  for (const { kind } of objects) counts[kind] = (counts[kind] ?? 0) + 1;
  assert.equal(counts, {
    MeshConfig: 1,
    Namespace: 3,
    ServiceAccount: 60,
    Pod: 180,
    Service: 72,
    EndpointSlice: 72,
    TrafficSplit: 6,
    HTTPRouteGroup: 60,
    TrafficTarget: 60,
  });
  assert.is(generateMesh(shape).length, 4);
});

test('no object is there twice, and no address', () => {
  assert.is(keys.size, objects.length);
  const addresses = [...ofKind('Pod').map((pod) => pod.status.podIP), ...ofKind('Service').map((service) => service.spec.clusterIP)];
  assert.is(new Set(addresses).size, addresses.length);
});

test('every reference resolves', () => {
  for (const item of objects) {
    const namespace = item.metadata.namespace ?? '';
    if (namespace !== '' && item.kind !== 'MeshConfig') refers('Namespace', '', namespace);
    if (item.kind === 'Pod') refers('ServiceAccount', namespace, item.spec.serviceAccountName);
    if (item.kind === 'TrafficSplit') {
      refers('Service', namespace, item.spec.service);
      for (const backend of item.spec.backends) refers('Service', namespace, backend.service);
      assert.is(item.spec.backends.reduce((sum, backend) => sum + backend.weight, 0), 100);
    }
    if (item.kind === 'EndpointSlice') {
      refers('Service', namespace, item.metadata.labels?.['kubernetes.io/service-name'] ?? '');
      for (const endpoint of item.endpoints) refers('Pod', namespace, endpoint.targetRef.name);
    }
  }
});

test('every service has the pods that its EndpointSlice names', () => {
  for (const service of ofKind('Service')) {
    const { namespace, name } = service.metadata;
    const selected = ofKind('Pod').filter(
      (pod) =>
        pod.metadata.namespace === namespace &&
        Object.entries(service.spec.selector).every(([label, value]) => pod.metadata.labels?.[label] === value),
    );
    const slice = ofKind('EndpointSlice').find(
      (item) => item.metadata.namespace === namespace && item.metadata.labels?.['kubernetes.io/service-name'] === name,
    );
    assert.ok(selected.length > 0, name);
    assert.equal(slice?.endpoints.flatMap((endpoint) => endpoint.addresses), selected.map((pod) => pod.status.podIP));
  }
});

test('each service calls five others and is called by five others, by all five matches', () => {
  const calls = new Map<string, number>();
  for (const target of ofKind('TrafficTarget')) {
    const { destination, rules, sources } = target.spec;
    refers('ServiceAccount', destination.namespace, destination.name);
    assert.is(destination.namespace, target.metadata.namespace);
    assert.is(new Set(sources.map(({ namespace, name }) => `${namespace}/${name}`)).size, 5);
    for (const source of sources) {
      refers('ServiceAccount', source.namespace, source.name);
      assert.is.not(source.name, destination.name);
      calls.set(source.name, (calls.get(source.name) ?? 0) + 1);
    }
    for (const rule of rules) {
      const group = ofKind('HTTPRouteGroup').find((item) => item.metadata.namespace === destination.namespace && item.metadata.name === rule.name);
      assert.equal(group?.spec.matches.map((match) => match.name), rule.matches);
      assert.is(rule.matches.length, 5);
    }
  }
  assert.equal([...new Set(calls.values())], [5]);
  assert.is(calls.size, 60);
});

test('in a mesh of six services each calls all the others and not itself', () => {
  const targets = objectsOf({ ...shape, services: 6 }).filter((item) => item.kind === 'TrafficTarget');
  assert.is(targets.length, 6);
  for (const { spec } of targets) assert.is(new Set([spec.destination, ...spec.sources].map(({ name }) => name)).size, 6);
});

test('permissive mode changes the MeshConfig and nothing else', () => {
  const [config, ...rest] = generateMesh(shape);
  const [permissiveConfig, ...permissiveRest] = generateMesh({ ...shape, permissive: true });
  assert.equal(permissiveRest, rest);
  assert.not.equal(permissiveConfig, config);
  assert.is(ofKind('MeshConfig')[0]?.spec.traffic.enablePermissiveTrafficPolicyMode, false);
  const permissive = objectsOf({ ...shape, permissive: true }).find((item) => item.kind === 'MeshConfig');
  assert.is(permissive?.spec.traffic.enablePermissiveTrafficPolicyMode, true);
});

test('small meshes are meshes too, and a size that makes no sense is refused', () => {
  for (const services of [1, 2, 5]) assert.is(objectsOf({ ...shape, services }).filter((item) => item.kind === 'ServiceAccount').length, services);
  for (const services of [0, -1, 1.5, Number.NaN, 50_001]) assert.throws(() => generateMesh({ ...shape, services }), /1 to 50,000/);
});

test.run();
