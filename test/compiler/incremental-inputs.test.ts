// What is made follows each of its inputs: one object changes, and what the compiler made of others before must be made again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCompiler, type KubernetesObject } from '../../compiler/index.ts';
import { root } from '../cli/run-smic.ts';
import { clusterObjects, everything, nameOf } from './support/cluster-objects.ts';

type Fields = Record<string, unknown>;
type Copy = KubernetesObject & { readonly spec: Fields };

function fixture(...paths: readonly string[]): readonly KubernetesObject[] {
  return clusterObjects(paths.map((name) => ({ name, text: readFileSync(join(root, 'fixtures', name), 'utf8') }))) ?? assert.unreachable() as never;
}

/** Of the one object of this kind and name a change is told: the result must be another, and that of a compilation from scratch. */
function follows(objects: readonly KubernetesObject[], kind: string, name: string, change: (object: Copy) => void): void {
  const compiler = createCompiler({ complete: true });
  for (const object of objects) compiler.set(object);
  const before = everything(compiler.compile());
  const [object] = objects.filter((one) => one.kind === kind && one.metadata.name === name);
  assert.ok(object, `no ${kind} ${name}`);
  const changed = structuredClone(object) as Copy;
  change(changed);
  compiler.set(changed);
  const after = everything(compiler.compile());
  const fresh = createCompiler({ complete: true });
  for (const one of objects) fresh.set(nameOf(one) === nameOf(changed) ? changed : one);
  const expected = everything(fresh.compile());
  assert.not.equal(expected, before, 'the change changes nothing: it would prove nothing');
  assert.equal(Object.keys(after).filter((path) => after[path] !== expected[path]), []);
  assert.equal(Object.keys(after), Object.keys(expected));
}

const stats = fixture('access/target-port-of-another-identity/cluster.yaml', 'access/target-port-of-another-identity/policy.yaml');
const bookstore = fixture('bookstore/cluster.yaml', 'bookstore/mesh-config.yaml', 'bookstore/policy.yaml', 'bookstore/split.yaml');

test("targets follow the ports of their destination's Services", () => {
  // The Service names its target port, so that nothing but the workload changes: a TCPRoute stands for the port from then on.
  follows(stats, 'Deployment', 'blue', ({ spec }) => {
    const template = spec['template'] as Fields & { readonly spec: Fields };
    spec['template'] = { ...template, spec: { ...template.spec, containers: [{ name: 'stats', image: 'x', ports: [{ name: 'stats', containerPort: 9090 }] }] } };
  });
});

test('endpoints follow EndpointSlices: their addresses, their readiness, their ports', () => {
  const change = (next: (slice: Fields) => void): void => follows(bookstore, 'EndpointSlice', 'bookstore-v1-b5knw', (object) => next(object as unknown as Fields));
  const endpoints = (slice: Fields): Fields[] => slice['endpoints'] as Fields[];
  change((slice) => { slice['endpoints'] = endpoints(slice).slice(1); });
  change((slice) => { slice['endpoints'] = [{ ...endpoints(slice)[0], addresses: ['10.9.0.1'] }, ...endpoints(slice).slice(1)]; });
  change((slice) => { slice['endpoints'] = [{ ...endpoints(slice)[0], conditions: { ready: false } }, ...endpoints(slice).slice(1)]; });
  change((slice) => { slice['ports'] = [{ ...(slice['ports'] as Fields[])[0], port: 9999 }]; });
});

test.run();
