import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonSchema, structuralSchema } from '../../scripts/generate/structural-schema.ts';

const of = (spec: JsonSchema): unknown => (structuralSchema({ properties: { metadata: { $ref: 'metadata.schema.json' }, spec } }, 'x').properties as Readonly<Record<string, unknown>>)['spec'];

test('a field has one type; null, numbers as text, constants and defaults become what a CRD has for them', () => {
  assert.equal(of({ type: ['object', 'null'] }), { type: 'object', nullable: true, 'x-kubernetes-preserve-unknown-fields': true });
  assert.equal(of({ type: ['integer', 'string'], minimum: 1 }), { 'x-kubernetes-int-or-string': true, minimum: 1 });
  // A quantity may be 0.5, which is neither integer nor text.
  assert.equal(of({ type: ['number', 'string'] }), { 'x-kubernetes-preserve-unknown-fields': true });
  assert.equal(of({ const: 'HTTPRouteGroup' }), { type: 'string', enum: ['HTTPRouteGroup'] });
  assert.equal(of({ type: 'boolean', description: 'Turns it on.', default: false }), { description: 'Turns it on. Default false.', type: 'boolean' });
});

test('what can be an object or a list is left open', () => {
  assert.equal(of({ type: ['object', 'array'], items: { type: 'object' } }), { 'x-kubernetes-preserve-unknown-fields': true });
});

test('unknown fields are not a matter of the schema, fields of every object neither', () => {
  assert.equal(of({ type: 'object', additionalProperties: false, required: ['a'], properties: { a: { type: 'string' } } }), { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] });
  assert.equal(structuralSchema({ required: ['apiVersion', 'kind', 'metadata', 'spec'] }, 'x')['required'], ['spec']);
});

test('a keyword without a translation is refused, with its place', () => {
  assert.throws(() => of({ type: 'object', properties: { a: { type: 'array', items: { oneOf: [] } } } }), /^x: spec\.a\[\]: the keyword oneOf has no translation/);
  assert.throws(() => of({ $ref: 'metadata.schema.json' }), /the keyword \$ref/);
  assert.throws(() => of({ enum: [1] }), /an enum of anything but strings/);
});

test.run();
