import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactOf, compileText, findings } from './support/compile-text.ts';
import { namespace, permissiveMode, routeGroup, service, trafficSplit, trafficTarget, workload } from './support/objects.ts';
import { danglingClusters, destinations, sidecar } from './support/sidecar.ts';

/** Backends and their weights, by apex; Services are "s0", "s1", … */
type Splits = ReadonlyMap<number, ReadonlyMap<number, number>>;

const largestSum = 4_294_967_295;

const splits: fc.Arbitrary<{ readonly count: number; readonly splits: Splits }> = fc.integer({ min: 2, max: 7 }).chain((count) => {
  const backends = fc
    .uniqueArray(fc.tuple(fc.nat(count - 1), fc.oneof(fc.nat(3), fc.constantFrom(7, 100, 2_147_483_647))), { minLength: 1, maxLength: 3, selector: ([index]) => index })
    .map((list) => new Map(list))
    .filter((list) => {
      const total = [...list.values()].reduce((sum, weight) => sum + weight, 0);
      return total > 0 && total <= largestSum;
    });
  return fc
    .uniqueArray(fc.tuple(fc.nat(count - 1), backends), { maxLength: count, selector: ([apex]) => apex })
    .map((list) => ({ count, splits: new Map(list) }));
});

function objectsOf(count: number, all: Splits, protocol: string): readonly object[] {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  return [
    namespace,
    workload('client', []),
    ...names.map((name, index) => service(name, index, [{ port: 80, protocol }])),
    ...names.map((name) => workload(`w-${name}`, [name])),
    ...[...all].map(([apex, backends]) =>
      trafficSplit(`split-${apex}`, `s${apex}`, Object.fromEntries([...backends].map(([backend, weight]) => [`s${backend}`, weight]))),
    ),
  ];
}

/** Whether some way through the splits comes back to where it was. An apex among its own backends is no way: it ends there. */
function hasCycle(all: Splits): boolean {
  const reaches = (from: number, to: number, seen: ReadonlySet<number>): boolean =>
    [...(all.get(from)?.keys() ?? [])].some(
      (next) => next !== from && (next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next])))),
    );
  return [...all.keys()].some((apex) => reaches(apex, apex, new Set([apex])));
}

/** Every way from a Service to where it ends, as products of weights over products of totals: slow and plain. */
function ends(all: Splits, from: number): Map<number, { over: bigint; under: bigint }[]> {
  const found = new Map<number, { over: bigint; under: bigint }[]>();
  const walk = (at: number, over: bigint, under: bigint, endsHere: boolean): void => {
    const backends = endsHere ? undefined : all.get(at);
    if (!backends) {
      found.set(at, [...(found.get(at) ?? []), { over, under }]);
      return;
    }
    const total = [...backends.values()].reduce((sum, weight) => sum + BigInt(weight), 0n);
    for (const [next, weight] of backends) walk(next, over * BigInt(weight), under * total, next === at);
  };
  walk(from, 1n, 1n, false);
  return found;
}

test('shares are what exact arithmetic gives, and add up', () => {
  fc.assert(
    fc.property(splits, fc.constantFrom('http', 'grpc', 'tcp'), ({ count, splits: all }, protocol) => {
      const result = compileText([permissiveMode, ...objectsOf(count, all, protocol)]);
      if (hasCycle(all)) {
        assert.ok(findings(result).includes('SMIC4014'));
        assert.is(result.artifact, undefined);
        return;
      }
      const client = sidecar(artifactOf(result), 'mesh', 'client');
      assert.equal(danglingClusters(client), []);
      for (let apex = 0; apex < count; apex++) {
        const [shares = {}, ...others] = destinations(client, `10.0.0.${apex + 1}`, 80) ?? [];
        assert.equal(others, []);
        const given = Object.entries(shares);
        const sum = given.reduce((total, [, weight]) => total + BigInt(weight), 0n);
        assert.ok(sum > 0n && sum <= BigInt(largestSum), `the sum of weights is ${sum}`);
        for (const [index, ways] of ends(all, apex)) {
          const under = ways.reduce((product, way) => product * way.under, 1n);
          const over = ways.reduce((total, way) => total + way.over * (under / way.under), 0n);
          const weight = BigInt(shares[`mesh/s${index}|80`] ?? 0);
          // Equal as fractions; where the exact numbers are too large for Envoy, to a part in 2^29, and never 0 for more than 0.
          const difference = weight * under - over * sum;
          const tolerated = (under * sum) / 2n ** 29n;
          assert.ok(difference <= tolerated && -difference <= tolerated, `s${apex} → s${index}: ${weight}/${sum}, not ${over}/${under}`);
          if (fitsExactly(all, apex)) assert.is(difference, 0n);
          assert.is(weight > 0n, over > 0n, `s${apex} → s${index}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

/** Whether the common denominator, which no sum in lowest terms exceeds, is small enough for Envoy. */
function fitsExactly(all: Splits, apex: number): boolean {
  const ways = [...ends(all, apex).values()].flat();
  return ways.reduce((product, { under }) => product * under, 1n) <= BigInt(largestSum);
}

test('whatever a client may call, nothing in its configuration points at a cluster that is not there', () => {
  fc.assert(
    fc.property(splits, fc.constantFrom('http', 'tcp'), fc.array(fc.nat(6), { maxLength: 4 }), ({ count, splits: all }, protocol, called) => {
      fc.pre(!hasCycle(all));
      const result = compileText([
        ...objectsOf(count, all, protocol),
        routeGroup('all', [{ name: 'any' }]),
        { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute', metadata: { name: 'all', namespace: 'mesh' } },
        ...[...new Set(called.map((index) => index % count))].map((index) =>
          trafficTarget(`tt-${index}`, `w-s${index}`, [{ kind: 'HTTPRouteGroup', name: 'all', matches: ['any'] }, { kind: 'TCPRoute', name: 'all' }], ['client']),
        ),
      ]);
      const artifact = artifactOf(result);
      for (const { namespace: at, name } of artifact.classes) assert.equal(danglingClusters(sidecar(artifact, at, name)), []);
    }),
    { numRuns: 100 },
  );
});

test('a chain and a tower of diamonds are followed to their ends; what nests without end is refused', () => {
  const chain = (length: number): Splits => new Map(Array.from({ length }, (_, index) => [index, new Map([[index + 1, 1]])]));
  const artifact = artifactOf(compileText([permissiveMode, ...objectsOf(33, chain(32), 'http')]));
  assert.equal(destinations(sidecar(artifact, 'mesh', 'client'), '10.0.0.1', 80), [{ 'mesh/s32|80': 1 }]);
  for (const length of [33, 3000]) {
    const result = compileText([permissiveMode, ...objectsOf(length + 1, chain(length), 'http')]);
    assert.is(result.artifact, undefined);
    assert.ok(findings(result).includes('SMIC4019'));
  }

  // Each level has two Services, and both are split over both of the next: 2^32 ways to the two at the end.
  const diamonds: Splits = new Map(
    Array.from({ length: 64 }, (_, index) => {
      const next = index - (index % 2) + 2;
      return [index, new Map([[next, 1], [next + 1, 2]])];
    }),
  );
  const tower = artifactOf(compileText([permissiveMode, ...objectsOf(66, diamonds, 'http')]));
  assert.equal(destinations(sidecar(tower, 'mesh', 'client'), '10.0.0.1', 80), [{ 'mesh/s64|80': 1, 'mesh/s65|80': 2 }]);
});

test('circles are told of alike, whatever the order of backends', () => {
  const round = (reverse: boolean): readonly string[] => {
    const order = (list: readonly (readonly [number, number])[]) => new Map(reverse ? [...list].reverse() : list);
    const all: Splits = new Map([[0, order([[1, 1], [2, 1]])], [1, order([[0, 1], [3, 1]])], [2, order([[1, 1], [0, 1]])], [3, order([[2, 1], [4, 1]])]]);
    return compileText([permissiveMode, ...objectsOf(5, all, 'http')]).diagnostics.filter(({ level }) => level === 'error').map(({ message }) => message);
  };
  assert.ok(round(false).length > 0);
  assert.equal(round(true), round(false));
});

test.run();
