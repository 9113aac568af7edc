import fc from 'fast-check';
import type { ModelMesh, ModelPort, ModelTarget } from './access-model.ts';
import { namespace, routeGroup, service, tcpRoute, trafficTarget, workload } from './objects.ts';
import type { Request } from './sidecar.ts';

// Few names and few values, so that rules meet, overlap and contradict each other.
export const identities = ['ann', 'ben', 'cat'];
const serviceNames = ['one', 'two'];
const groupNames = ['g', 'h'];
const routeNames = ['t', 'u'];
const numbers = [80, 81, 8080];
const matchNames = ['m', 'n'];

const requests: readonly Request[] = ['/a', '/a/b', '/b'].flatMap((path) =>
  ['GET', 'POST'].flatMap((method) => [{}, { 'x-v': '1' }, { 'x-v': '2' }].map((headers) => ({ method, path, headers }))),
);

const some = <Item>(items: readonly Item[], minimum = 0): fc.Arbitrary<Item[]> =>
  fc.subarray([...items], { minLength: minimum }).chain((kept) => fc.shuffledSubarray(kept, { minLength: kept.length }));

const matches = fc
  .tuple(...matchNames.map((name) =>
    fc.record(
      {
        name: fc.constant(name),
        pathRegex: fc.constantFrom('/a', '/a/.*', '/.*', '.*', '/b|/a'),
        methods: fc.constantFrom<string[]>([], ['*'], ['GET'], ['POST', 'GET'], ['DELETE']),
        headers: fc.constantFrom({ 'x-v': '1' }, { 'x-v': '1|2' }, { 'x-v': '.+' }),
      },
      { requiredKeys: ['name'] },
    ),
  ))
  .chain((all) => some(all, 1));

const rule = fc.oneof(
  fc.record({ kind: fc.constant('HTTPRouteGroup' as const), name: fc.constantFrom(...groupNames), matches: some(matchNames) }, { requiredKeys: ['kind', 'name'] }),
  fc.record({ kind: fc.constant('TCPRoute' as const), name: fc.constantFrom(...routeNames) }),
  fc.record({ kind: fc.constant('UDPRoute' as const), name: fc.constant('w') }),
);

const target: fc.Arbitrary<ModelTarget> = fc.record(
  {
    destination: fc.constantFrom(...identities),
    port: fc.constantFrom(...numbers),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    sources: some(identities),
  },
  { requiredKeys: ['destination', 'rules', 'sources'] },
);

const ports: fc.Arbitrary<ModelPort[]> = fc.uniqueArray(
  fc.record({ port: fc.constantFrom(80, 81), targetPort: fc.constantFrom(...numbers), protocol: fc.constantFrom('http' as const, 'tcp' as const) }),
  { minLength: 1, maxLength: 2, selector: ({ port }) => port },
);

/** Random meshes without errors. */
export const meshes: fc.Arbitrary<ModelMesh> = fc
  .record({
    services: fc.record(Object.fromEntries(serviceNames.map((name) => [name, fc.record({ ports, identities: some(identities, 1) })]))),
    groups: fc.record(Object.fromEntries(groupNames.map((name) => [name, matches]))),
    tcpRoutes: fc.record(Object.fromEntries(routeNames.map((name) => [name, some(numbers)]))),
    targets: fc.array(target, { maxLength: 4 }),
  })
  .map((mesh) => ({ ...mesh, targets: mesh.targets.map((one) => withKnownMatches(one, mesh.groups)) }));

/** A rule may only name matches that its group has: else the compiler refuses the mesh as a whole. */
function withKnownMatches(one: ModelTarget, groups: ModelMesh['groups']): ModelTarget {
  const rules = one.rules.map((each) => {
    if (!each.matches) return each;
    const known = new Set((groups[each.name] ?? []).map(({ name }) => name));
    return { ...each, matches: each.matches.filter((name) => known.has(name)) };
  });
  return { ...one, rules };
}

/** The objects of a mesh, in the namespace "mesh". */
export function objectsOf(mesh: ModelMesh): readonly object[] {
  const entries = Object.entries(mesh.services);
  return [
    namespace,
    ...entries.map(([name, { ports: own }], index) => service(name, index, own)),
    ...identities.map((identity) => workload(identity, entries.filter(([, { identities: behind }]) => behind.includes(identity)).map(([name]) => name))),
    ...Object.entries(mesh.groups).map(([name, own]) => routeGroup(name, own)),
    ...Object.entries(mesh.tcpRoutes).map(([name, own]) => tcpRoute(name, own)),
    ...mesh.targets.map(({ destination, rules, sources, port }, index) => trafficTarget(`tt-${index}`, destination, rules, sources, port)),
  ];
}

/** Something that somebody could try. */
export interface Call {
  readonly text: string;
  readonly client: string;
  readonly server: string;
  readonly service: string;
  readonly address: string;
  readonly port: ModelPort;
  readonly request: Request;
}

/** Everything that anybody could try. */
export function calls(mesh: ModelMesh): readonly Call[] {
  return Object.entries(mesh.services).flatMap(([name, { ports: own, identities: behind }], index) =>
    own.flatMap((port) =>
      behind.flatMap((server) =>
        identities.flatMap((client) =>
          (port.protocol === 'http' ? requests : requests.slice(0, 1)).map((request) => ({
            text: `${client} → ${server} by ${name}:${port.port} ${JSON.stringify(request)}`,
            client,
            server,
            service: name,
            address: `10.0.0.${index + 1}`,
            port,
            request,
          })),
        ),
      ),
    ),
  );
}
