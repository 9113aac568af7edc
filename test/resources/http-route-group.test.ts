import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, read, readClean } from './read.ts';

const group = (matches: string, version = 'v1alpha4'): string => {
  const unwrapped = version === 'v1alpha1' || version === 'v1alpha2';
  const head = `apiVersion: specs.smi-spec.io/${version}\nkind: HTTPRouteGroup\nmetadata: {name: g, namespace: shop}\n`;
  return unwrapped ? `${head}matches:\n${matches}\n` : `${head}spec:\n  matches:\n${matches.replaceAll(/^/gm, '  ')}\n`;
};

test('every version', () => {
  for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4']) {
    const [object] = readClean(group('- {name: m, pathRegex: /a, methods: [POST, GET, POST]}', version)).httpRouteGroups;
    const [match] = object?.matches ?? [];
    assert.is(match?.pathRegex, '/a');
    assert.equal(match?.methods, ['GET', 'POST']);
    assert.equal(match?.at, version < 'v1alpha3' ? ['matches', 0] : ['spec', 'matches', 0]);
  }
});

test('v1alpha1 has no headers and needs path and methods', () => {
  assert.equal(findings(group('- {name: m, headers: {a: b}}', 'v1alpha1')), [
    'SMIC2002 5:3 matches[0] lacks the field "pathRegex"',
    'SMIC2002 5:3 matches[0] lacks the field "methods"',
    'SMIC2001 5:13 Unknown field matches[0].headers',
  ]);
});

test('any path, any method', () => {
  for (const match of ['{name: m}', '{name: m, pathRegex: ".*", methods: ["*", GET]}', '{name: m, methods: []}']) {
    const [object] = readClean(group(`- ${match}`)).httpRouteGroups;
    assert.is(object?.matches[0]?.pathRegex, undefined);
    assert.is(object?.matches[0]?.methods, undefined);
  }
});

test('methods are of the list, in upper case', () => {
  const { diagnostics } = read(group('- {name: m, methods: [get]}'));
  assert.is(diagnostics[0]?.code, 'SMIC2003');
  assert.is(diagnostics[0]?.fix, 'Did you mean "GET"?');
  assert.is(read(group('- {name: m, methods: [""]}')).diagnostics.length, 1);
});

test('headers as mapping and as list, in any case; host is :authority', () => {
  const want = [{ name: ':authority', regex: 'h' }, { name: 'x-a', regex: '1' }, { name: 'x-b', regex: '2' }];
  for (const headers of ['{X-B: "2", HOST: h, x-a: "1"}', '[{x-a: "1"}, {X-b: "2", ":authority": h}]']) {
    const [object] = readClean(group(`- {name: m, headers: ${headers}}`)).httpRouteGroups;
    assert.equal(object?.matches[0]?.headers.map(({ name, regex }) => ({ name, regex })), want);
  }
  const [object] = readClean(group('- {name: m, headers: [{a: "1"}, {b: "2"}]}')).httpRouteGroups;
  assert.equal(object?.matches[0]?.headers[1]?.at, ['spec', 'matches', 0, 'headers', 1, 'b']);
});

test('headers on one name all stay: they must hold together', () => {
  const [object] = readClean(group('- {name: m, headers: [{a: x.*}, {A: .*y}]}')).httpRouteGroups;
  assert.equal(object?.matches[0]?.headers.map(({ regex }) => regex), ['.*y', 'x.*']);
});

test('wrong headers', () => {
  assert.match(findings(group('- {name: m, headers: {"a b": c}}'))[0] ?? '', /^SMIC3003 6:25 /);
  assert.match(findings(group('- {name: m, headers: {a: 5}}'))[0] ?? '', /^SMIC2003 6:28 spec\.matches\[0\]\.headers\.a must be a string, found a number \(5\)/);
  assert.match(findings(group('- {name: m, headers: [a]}'))[0] ?? '', /headers\[0\] must be a mapping, found a string/);
});

test('names are unique', () => {
  const { diagnostics } = read(group('- {name: m}\n- {name: k}\n- {name: m}'));
  assert.equal(diagnostics.map(({ code, place }) => [code, place?.line]), [['SMIC3002', 8]]);
  assert.is(diagnostics[0]?.related[0]?.place?.line, 6);
});

test('regular expressions', () => {
  assert.equal(findings(group('- {name: m, pathRegex: "/a(?!b)"}')), [
    'SMIC3001 6:26 Envoy refuses the regular expression "/a(?!b)" in spec.matches[0].pathRegex: invalid or unsupported Perl syntax: `(?!`',
  ]);
  assert.match(findings(group('- {name: m, pathRegex: ""}'))[0] ?? '', /^SMIC3001 .*it is empty$/);
  assert.match(findings(group('- {name: m, headers: {a: "("}}'))[0] ?? '', /^SMIC3001 6:28 /);
});

test.run();
