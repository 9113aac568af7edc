import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { Failure } from '../../cli/failure.ts';
import { annotationSuppressions } from '../../cli/suppress/annotation-suppressions.ts';
import { matchesPattern } from '../../cli/suppress/matches-pattern.ts';
import { parseSuppression } from '../../cli/suppress/parse-suppression.ts';
import { suppress } from '../../cli/suppress/suppression.ts';
import { root } from './run-smic.ts';

const warning: Diagnostic = {
  code: 'SMIC1901',
  level: 'warning',
  message: '',
  why: '',
  fix: '',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'till' },
  related: [],
};

test('what the documentation suppresses can be suppressed', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  const texts = pages.map((name) => readFileSync(join(root, name), 'utf8'));
  const flags = texts.flatMap((text) => [...text.matchAll(/--suppress '?(SMIC[^\s']*)/g)].map(([, value = '']) => value));
  assert.ok(flags.length > 3);
  for (const flag of flags) assert.ok(parseSuppression(flag));
  const annotations = texts.flatMap((text) => [...text.matchAll(/smic\.dev\/suppress: "([^"]*)"/g)].flatMap(([, value = '']) => value.split(',')));
  assert.ok(annotations.length > 1);
  for (const code of annotations) assert.ok(parseSuppression(code));
});

test('patterns cover the whole text', () => {
  assert.ok(matchesPattern('SMIC19*', 'SMIC1901'));
  assert.ok(matchesPattern('*', ''));
  assert.ok(matchesPattern('a*b*c', 'aXbYbZc'));
  assert.not(matchesPattern('a*b*c', 'aXbYbZ'));
  assert.not(matchesPattern('SMIC', 'SMIC1901'));
  assert.not(matchesPattern('', 'x'));
  // A pattern that is no pattern: nothing but * is special.
  assert.not(matchesPattern('a.c', 'abc'));
  assert.not(matchesPattern('*a'.repeat(2000), 'a'.repeat(1999)));
});

function suppressed(flag: string, diagnostic: Diagnostic = warning): boolean {
  return suppress([diagnostic], [parseSuppression(flag)]).suppressed === 1;
}

test('a code, and an object with wildcards', () => {
  for (const flag of ['SMIC1901', 'smic1901', 'SMIC19*', 'SMIC1901=Service/shop/till', 'SMIC1901=*/shop/*', 'SMIC1901=Service/*/t*l']) {
    assert.ok(suppressed(flag), flag);
  }
  for (const flag of ['SMIC1902', 'SMIC1901=Service/shop/tills', 'SMIC1901=Pod/shop/till', 'SMIC1901=Service/till']) {
    assert.not(suppressed(flag), flag);
  }
  const { object: _object, ...homeless } = warning;
  assert.ok(suppressed('SMIC1901', homeless));
  assert.not(suppressed('SMIC1901=*/*/*', homeless));
  assert.ok(suppressed('SMIC1901=Namespace/shop', { ...warning, object: { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' } }));
});

test('an error is never silenced', () => {
  assert.not(suppressed('SMIC*', { ...warning, code: 'SMIC1001', level: 'error' }));
  assert.not(suppressed('SMIC1901', { ...warning, level: 'error' }));
});

test('a flag without the effect that it is meant to have is refused', () => {
  for (const flag of ['', 'SMIC', 'SMIC0000', 'SMIC1001', '=Service/a/b', 'SMIC1901=', 'SMIC1901=Service', 'SMIC1901=Service//till', 'SMIC1901=a/b/c/d', 'SMIC1901=/']) {
    try {
      parseSuppression(flag);
      assert.unreachable(flag);
    } catch (error) {
      assert.instance(error, Failure, `${flag}: ${String(error)}`);
    }
  }
});

const annotated = (value: string, namespace = '\n  namespace: shop'): string => `apiVersion: v1
kind: Service
metadata:
  name: till${namespace}
  annotations:
    smic.dev/suppress: ${value}
`;

test('an object can ask for silence about itself', () => {
  const { suppressions, diagnostics } = annotationSuppressions([
    { name: 'a.yaml', text: annotated('" SMIC1901 , smic1902,"') },
    { name: 'b.yaml', text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: other\n' },
  ]);
  assert.equal(diagnostics, []);
  assert.is(suppress([warning], suppressions).suppressed, 1);
  assert.is(suppress([{ ...warning, code: 'SMIC1902' }], suppressions).suppressed, 1);
  assert.is(suppress([{ ...warning, object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'other' } }], suppressions).suppressed, 0);
});

test('without a namespace the object may be in the namespace default', () => {
  const { suppressions } = annotationSuppressions([{ name: 'a.yaml', text: annotated('SMIC1901', '') }]);
  const about = (namespace: string): Diagnostic => ({ ...warning, object: { apiVersion: 'v1', kind: 'Service', namespace, name: 'till' } });
  assert.is(suppress([about('default'), about('')], suppressions).suppressed, 2);
  assert.is(suppress([about('shop')], suppressions).suppressed, 0);
});

test('an annotation that names an error or no code is a warning at its place', () => {
  const { suppressions, diagnostics } = annotationSuppressions([{ name: 'a.yaml', text: annotated('SMIC1001,SMIC191,constructor') }]);
  assert.equal(suppressions, []);
  assert.equal(
    diagnostics.map(({ code, place }) => [code, place?.file, place?.line]),
    [['SMIC1901', 'a.yaml', 7], ['SMIC1902', 'a.yaml', 7], ['SMIC1902', 'a.yaml', 7]],
  );
});

test('annotations in a form that no object has are left to the compiler', () => {
  for (const value of ['[SMIC1901]', '1', '{a: b}', 'null']) {
    assert.equal(annotationSuppressions([{ name: 'a.yaml', text: annotated(value) }]), { suppressions: [], diagnostics: [] });
  }
  assert.equal(annotationSuppressions([{ name: 'a.yaml', text: 'smic.dev/suppress: [' }]), { suppressions: [], diagnostics: [] });
});

test.run();
