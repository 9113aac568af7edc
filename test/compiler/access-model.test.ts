import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Artifact } from '../../compiler/index.ts';
import { type ModelMesh, type ModelPort, type ModelTarget, mayCall } from './support/access-model.ts';
import { artifactOf, compileText } from './support/compile-text.ts';
import { namespace, routeGroup, service, tcpRoute, trafficTarget, workload } from './support/objects.ts';
import { admits, destinations, type Request, type Sidecar, sidecar } from './support/sidecar.ts';

// Few names and few values, so that rules meet, overlap and contradict each other.
const identities = ['ann', 'ben', 'cat'];
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

const meshes: fc.Arbitrary<ModelMesh> = fc
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

function compiled(mesh: ModelMesh): Artifact {
  const entries = Object.entries(mesh.services);
  return artifactOf(
    compileText([
      namespace,
      ...entries.map(([name, { ports: own }], index) => service(name, index, own)),
      ...identities.map((identity) => workload(identity, entries.filter(([, { identities: behind }]) => behind.includes(identity)).map(([name]) => name))),
      ...Object.entries(mesh.groups).map(([name, own]) => routeGroup(name, own)),
      ...Object.entries(mesh.tcpRoutes).map(([name, own]) => tcpRoute(name, own)),
      ...mesh.targets.map(({ destination, rules, sources, port }, index) => trafficTarget(`tt-${index}`, destination, rules, sources, port)),
    ]),
  );
}

interface Call {
  readonly text: string;
  readonly client: string;
  readonly server: string;
  readonly service: string;
  readonly address: string;
  readonly port: ModelPort;
  readonly request: Request;
}

/** Everything that anybody could try. */
function calls(mesh: ModelMesh): readonly Call[] {
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

function sidecars(artifact: Artifact): (identity: string) => Sidecar {
  const all = new Map(identities.map((identity) => [identity, sidecar(artifact, 'mesh', identity)]));
  return (identity) => all.get(identity) ?? sidecar(artifact, 'mesh', identity);
}

function allowedCalls(mesh: ModelMesh): ReadonlySet<string> {
  const of = sidecars(compiled(mesh));
  const allowed = calls(mesh).filter(({ client, server, service: name, port, request }) =>
    admits(of(server), `${port.port}.${name}.mesh`, `mesh/${client}`, port.protocol === 'http' ? request : undefined),
  );
  return new Set(allowed.map(({ text }) => text));
}

test('servers allow exactly what the specification says', () => {
  fc.assert(
    fc.property(meshes, (mesh) => {
      const model = calls(mesh).filter(({ client, server, port, request }) => mayCall(mesh, client, server, port, request));
      assert.equal([...allowedCalls(mesh)].sort(), model.map(({ text }) => text).sort());
    }),
    { numRuns: 150 },
  );
});

test('a client has a way to each Service port where a server allows it something, and to no other TCP port', () => {
  fc.assert(
    fc.property(meshes, (mesh) => {
      const of = sidecars(compiled(mesh));
      const opened = new Set(
        calls(mesh)
          .filter(({ client, server, port, request }) => mayCall(mesh, client, server, port, request))
          .map(({ client, address, port }) => `${client} ${address}:${port.port}`),
      );
      for (const { client, address, port } of calls(mesh)) {
        const way = destinations(of(client), address, port.port) !== undefined;
        if (opened.has(`${client} ${address}:${port.port}`)) assert.ok(way, `${client} has no way to ${address}:${port.port}`);
        else if (way) assert.is(port.protocol, 'http', `${client} has a way to TCP ${address}:${port.port} without need`);
      }
    }),
    { numRuns: 60 },
  );
});

test('to remove a TrafficTarget, or a source of it, never adds access', () => {
  fc.assert(
    fc.property(meshes, fc.nat(), (mesh, choice) => {
      const before = allowedCalls(mesh);
      const index = choice % Math.max(1, mesh.targets.length);
      const one = mesh.targets[index];
      if (!one) return;
      const replacements: readonly (readonly ModelTarget[])[] = [[], [{ ...one, sources: one.sources.slice(1) }]];
      for (const replacement of replacements) {
        const targets = mesh.targets.flatMap((each, at) => (at === index ? replacement : [each]));
        for (const call of allowedCalls({ ...mesh, targets })) assert.ok(before.has(call), `${call} is new`);
      }
    }),
    { numRuns: 60 },
  );
});

test.run();
