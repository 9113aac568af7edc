import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';

/*
 * The schemas as an editor reads them, by a validator of their own: each example is valid, and the compiler takes it.
 */

interface Schema {
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const folder = join(import.meta.dirname, '..', '..', 'schemas');
const schemas = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Schema]),
);
const ajv = new Ajv({ strict: false, validateFormats: false });
for (const [name, schema] of schemas) ajv.addSchema(schema, name);
/** What the examples of TrafficTargets name. */
const group = schemas.get('http-route-group-v1alpha4.schema.json')?.examples[0];

for (const [name, { examples }] of schemas) {
  test(`the examples of ${name} are valid and compile`, () => {
    assert.ok(examples.length > 0);
    for (const example of examples) {
      assert.equal({ valid: ajv.validate(name, example), errors: ajv.errors }, { valid: true, errors: null });
      // Parts of objects have schemas too.
      if (example['kind'] === undefined) continue;
      const objects = example['kind'] === 'TrafficTarget' ? [group, example] : [example];
      const { diagnostics, artifact } = compile([{ name, text: objects.map((object) => JSON.stringify(object)).join('\n') }]);
      assert.equal(diagnostics.filter(({ level }) => level === 'error').map(({ message }) => message), []);
      assert.ok(artifact);
    }
  });
}

test('a broken example would be found', () => {
  const [example] = schemas.get('service.schema.json')?.examples ?? [];
  assert.not.ok(ajv.validate('service.schema.json', { ...example, spec: { ports: [{ port: 70_000 }] } }));
});

test.run();
