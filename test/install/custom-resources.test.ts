import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kinds } from '../../compiler/resources/kinds.ts';
import { customResources } from '../../install/custom-resources.ts';
import { structuralSchemas } from '../../install/generated/structural-schemas.ts';

test('every policy kind that is read has a CRD, with each of its versions, served or named', () => {
  const read = Object.keys(kinds).filter((name) => /^[^ ]*\.(smi-spec|openservicemesh)\.io\//.test(name));
  const defined = customResources.flatMap(({ group, kind, served, unserved }) => [...served, ...unserved].map((version) => `${group}/${version} ${kind}`));
  assert.equal([...defined].sort(), read.sort());
  assert.equal(Object.keys(structuralSchemas).sort(), [...defined].sort());
});

test('the version that is stored knows every field of those that are served', () => {
  for (const { group, kind, served } of customResources) {
    const fields = served.map((version) => fieldsOf(structuralSchemas[`${group}/${version} ${kind}`]));
    for (const known of fields) {
      assert.equal([...known].filter((field) => !fields[0]?.has(field)), [], kind);
    }
  }
});

function fieldsOf(schema: unknown, at = ''): Set<string> {
  const { properties = {}, items } = (schema ?? {}) as { readonly properties?: Readonly<Record<string, unknown>>; readonly items?: unknown };
  const below = Object.entries(properties).flatMap(([name, field]) => [`${at}.${name}`, ...fieldsOf(field, `${at}.${name}`)]);
  return new Set([...below, ...(items === undefined ? [] : fieldsOf(items, `${at}[]`))]);
}

test.run();
