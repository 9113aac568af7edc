import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kinds } from '../../compiler/resources/kinds.ts';
import * as validators from '../../compiler/resources/generated/validators.js';
import { readClean } from './read.ts';

interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: { readonly apiVersion?: { readonly enum: readonly string[] }; readonly kind?: { readonly const: string } };
}

const schemas = readdirSync('schemas')
  .filter((file) => file.endsWith('.schema.json'))
  .map((file) => [file, JSON.parse(readFileSync(`schemas/${file}`, 'utf8')) as Schema] as const);
const ofKinds = schemas.filter(([, schema]) => schema.properties?.apiVersion);
const entriesOf = ({ properties }: Schema): readonly string[] => properties?.apiVersion?.enum.map((version) => `${version} ${properties.kind?.const}`) ?? [];

test('every schema says what it is, for editors', () => {
  for (const [file, { $schema, title, description, examples }] of schemas) {
    assert.ok($schema && title && description && examples?.length, file);
  }
});

test('every schema has a validator and a reader, and no reader is without a schema', () => {
  const used = new Set(Object.values(kinds).map(({ validate }) => validate));
  for (const [file, schema] of ofKinds) {
    const name = file.replace('.schema.json', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const validator = (validators as unknown as Readonly<Record<string, (typeof used extends Set<infer V> ? V : never)>>)[name];
    assert.ok(validator && used.has(validator), file);
    for (const entry of entriesOf(schema)) {
      assert.is(kinds[entry]?.validate, validator, `${entry} is read with another schema than ${file}`);
    }
  }
  assert.equal(Object.keys(kinds).sort(), ofKinds.flatMap(([, schema]) => entriesOf(schema)).sort());
});

test('every example is read without a finding', () => {
  for (const [file, { examples = [] }] of ofKinds) {
    for (const example of examples) {
      const { skipped, rejected, ...lists } = readClean({ [file]: JSON.stringify(example) });
      assert.is(Object.values(lists).flat().length, 1, file);
      assert.equal([Object.keys(skipped), rejected.size], [[], 0]);
    }
  }
});

test('an example with one more field is refused in policies, and fine in Kubernetes kinds', () => {
  for (const [file, { examples = [] }] of ofKinds) {
    const [example] = examples as readonly Readonly<Record<string, unknown>>[];
    const entry = kinds[`${String(example?.['apiVersion'])} ${String(example?.['kind'])}`];
    const isPolicy = /smi-spec|openservicemesh/.test(String(example?.['apiVersion']));
    assert.is(entry?.validate({ ...example, surplus: 1 }), !isPolicy, file);
    assert.is(entry?.validate({ ...example, metadata: 5 }), false, file);
  }
});

test.run();
