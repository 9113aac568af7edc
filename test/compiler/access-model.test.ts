import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Artifact } from '../../compiler/index.ts';
import { type ModelMesh, type ModelTarget, mayCall } from './support/access-model.ts';
import { artifactOf, compileText } from './support/compile-text.ts';
import { calls, identities, meshes, objectsOf } from './support/random-access.ts';
import { admits, destinations, type Sidecar, sidecar } from './support/sidecar.ts';

function sidecars(artifact: Artifact): (identity: string) => Sidecar {
  const all = new Map(identities.map((identity) => [identity, sidecar(artifact, 'mesh', identity)]));
  return (identity) => all.get(identity) ?? sidecar(artifact, 'mesh', identity);
}

function allowedCalls(mesh: ModelMesh): ReadonlySet<string> {
  const of = sidecars(artifactOf(compileText(objectsOf(mesh))));
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
      const of = sidecars(artifactOf(compileText(objectsOf(mesh))));
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
