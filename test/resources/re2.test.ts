import fc from 'fast-check';
import { RE2JS } from 're2js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { regexProblem } from '../../compiler/resources/re2.ts';
import type { Program } from '../../compiler/resources/re2-nodes.ts';
import { programSize } from '../../compiler/resources/re2-program-size.ts';

/*
 * What Envoy 1.40.0 said of each of these as a route's `safe_regex`, with `envoy --mode validate`; and, with its runtime
 * key `re2.max_program_size.error_level` at 0, which program size it named.
 */

const accepted: readonly string[] = [
  '.*', 'a*?', '(?<n>a)', '(?P<n>a)', String.raw`\p{Greek}`, String.raw`\pL`, String.raw`\p{L}`, String.raw`\p{Latin}`,
  String.raw`\p{Lu}`, '[[:alpha:]]', 'a]', '(?i)a', '(?s).', '(?U)a+', '(?m)^a$', String.raw`\Qa.b\E`, String.raw`\Q`,
  String.raw`\z`, String.raw`\A`, String.raw`\b`, String.raw`\B`, String.raw`\d\w\s\D\W\S`, String.raw`\a\f\t\n\r\v`,
  String.raw`\x41`, String.raw`\0`, String.raw`\123`, String.raw`\08`, '[]a]', '{', 'a{', 'a{,2}', 'a{2,}', '|', 'a||b', '()',
  '(|a)*', 'é', '日本', '😀', '(?i:a)', '(?-i)a', '(?ii)a', '(?)', '^*', '$*', String.raw`\b+`, '[a-z&&[b]]', '[a[b]',
  String.raw`\/`, String.raw`\-`, String.raw`\_`, String.raw`\<`, String.raw`\'`,
];

const refused: readonly string[] = [
  '', '(?=a)', '(?!a)', '(?<=a)b', String.raw`(a)\1`, 'a{1000}', 'a{1001}', '(a{1000}){1000}', '(a{100}){10}', '(a{10}){101}',
  'a{1000}{2}', 'a++', 'a*+', 'a**', 'a{2}{3}', '(?P=n)', String.raw`\p{Foo}`, '[[:foo:]]', '[a', '(', ')', '(?x)a',
  String.raw`\Z`, String.raw`\G`, String.raw`\h`, String.raw`\e`, String.raw`\x{10FFFF}`, String.raw`\x{110000}`,
  String.raw`\u0041`, String.raw`\cA`, String.raw`\1`, '[z-a]', '[^]', '[]', String.raw`[a-\d]`, '*', '+a', '?', 'a{2,1}',
  'x{1000}{1000}', '\\', 'a\\', String.raw`\y`, String.raw`\K`, String.raw`\R`, String.raw`\X`, '(?#c)', '(?>a)', '(?|a)', '(?i',
  '(?i-)a', '(?-)a', '^**', '(?:a', String.raw`\é`,
];

/** Envoy takes these two kinds; they are refused here all the same. */
const stricter: readonly string[] = [String.raw`\C`, '(?P<n>a)(?P<n>b)'];

const sizes: readonly (readonly [string, number])[] = [
  ['a', 5], ['abc', 7], ['/books/.*', 13], ['a*', 5], ['a+', 6], ['a?', 6], ['.*', 6], ['.', 6], ['é', 6], ['[é]', 6],
  ['[a-z]', 5], ['[^/]+', 7], ['(a)', 7], ['(?:a)', 5], ['a|b', 5], ['abc|abd', 7], ['abc|xyz', 10], [String.raw`\w+`, 8],
  [String.raw`\pL`, 11], ['^/foo', 4], ['^/foo/.*$', 6], ['a{10}', 14], ['(?i)abc', 7], ['(?s).*', 6], [String.raw`\d{1,3}`, 9],
  ['日本', 10], ['[^a]', 6], [String.raw`\p{Greek}`, 1], ['/api/v[0-9]+/books/[^/]+/reviews(/.*)?', 36], ['^', 2], ['$', 4],
  [String.raw`\b`, 5], ['(|a)*', 12], ['a{1000}', 1004], ['^$', 2], ['^a$', 4], ['^(a|b)$', 5], ['(^a|b)', 9], ['(^a)', 5],
  ['(a$)', 7], ['(a$)|b', 9], ['^fo+', 6], ['^fo{3}', 7], ['^fo{3}bar$', 10], ['^(foo)', 7], ['(?i)^/foo/bar', 4],
  ['(?i)^/foo$', 4], [String.raw`^\.well-known/.*`, 6], [String.raw`^/a\|b`, 4], ['(a*)*', 11], ['(a+)+', 9], ['(a|b)*c', 8],
  ['((a)|(b))*', 12], ['a{2,5}', 12], ['(ab){2,4}', 22], ['a{3,}', 8], ['(?:a|b|c|d)', 5], ['[a-c]|d', 5],
  ['foo|bar|baz|qux', 14], ['/(users|groups|roles)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 98],
  ['/v[12]/(get|put|post|delete)/?', 27], ['(?:GET|POST)', 11], ['[^/]*', 6], ['/[^/]*/[^/]*/[^/]*', 13],
  [String.raw`\S+@\S+`, 15], ['(?m)^a$', 7], ['(?s)a.*b', 7], ['x*y*z*', 9], ['(x*)(y*)', 10], ['(?U)a+b', 7], ['a*?b', 6],
  ['a??', 6], [String.raw`\bfoo\b`, 9], ['[[:alpha:]]+', 6], ['[[:^alpha:]]', 7], [String.raw`\D\W\S`, 15], ['(?i)[a-f0-9]+', 7],
  ['(?i)straße', 11], [String.raw`\x{FF}`, 5], [String.raw`\pL+|\pN+`, 21], [String.raw`[\pL\d_]+`, 14],
  [String.raw`\p{Greek}|a`, 5], [String.raw`(a|\p{Greek})b`, 8], ['a(?:b(?:c(?:d)?)?)?', 11], ['(a)(b)(c)', 13],
  ['((((a))))', 13], ['(((((^a)))))', 16], ['aa*', 6], ['aaa*', 7], ['a*aa', 7], ['(?:a*)*', 5], ['()', 6], ['(|)', 6],
  ['a|', 6], ['|a', 6], ['a||b', 7], ['[a]', 5], ['[aA]', 5], ['[Aa]b', 6], ['(?i)k', 5], ['(?i)µ', 6], [String.raw`\Qa|b\E`, 7],
  [String.raw`[^\n]`, 6], [String.raw`[\x00-\xff]`, 5], ['(?s).', 5], [String.raw`\n`, 5], ['(?s).*foo', 8], ['(?s)(.*)', 8],
  ['(?s).*?', 6], ['(.*)', 8], ['(?s)foo.*', 9], ['^(?s).*', 4], ['(?s)^.*$', 4], [String.raw`.*\.(png|jpg|gif)$`, 18],
  ['https?://[^/]+/.*', 19], ['(https|http)://.*', 17], ['bearer [A-Za-z0-9._~+/-]+=*', 19],
  [String.raw`/books/(list|buy|new)(\?.*)?`, 29], [String.raw`[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+`, 15],
  [String.raw`(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}`, 65],
  ['^/(?:a|b)/c', 7], ['^/(a|b)?$', 8], ['^a|b$', 8], ['^(?:a|b)$', 3], ['^^a', 4], ['a$$', 6], ['$a', 6], ['a^b', 7],
  ['^*a', 10], ['^+a', 7], ['(?:^)*a', 10], [String.raw`\Aabc\z`, 4], [String.raw`\Aabc`, 4], ['(?:^a)+', 7], ['x{0}', 4],
  ['x{0,1}', 6], ['(x{2}){2}', 12], ['[a-z]{0,63}', 130], ['a.{3}b', 12], ['a.c', 8], ['(?i)/API/v1', 11], ['foo(?i)bar', 10],
  ['a{1}b{2}c{3}', 10],
];

/** RE2 simplifies these more than re2js does: the size given here is a little larger. */
const simplifiedSizes: readonly (readonly [string, number])[] = [
  ['^/foo|^/bar', 9], ['^/foo|^/foobar', 10], ['((^a))', 7], ['a*a*', 5], ['a+a+', 7], ['(?:a?)+', 5], ['(?:a+)?', 5],
  ['(?:(?:a)*)?', 5], [String.raw`^\Qa|b\E`, 4],
];

function sizeOf(pattern: string): number {
  const latin1 = Buffer.from(pattern).toString('latin1');
  const compiled = RE2JS.compile(latin1) as unknown as { readonly re2Input: { readonly prog: Program } };
  return programSize(compiled.re2Input.prog, latin1);
}

test('what Envoy takes passes', () => {
  for (const pattern of accepted) assert.is(regexProblem(pattern), undefined, pattern);
});

test('what Envoy refuses does not', () => {
  for (const pattern of [...refused, ...stricter]) assert.type(regexProblem(pattern), 'string', pattern);
});

test('program sizes are those that Envoy names', () => {
  for (const [pattern, size] of sizes) assert.is(sizeOf(pattern), size, pattern);
  for (const [pattern, size] of simplifiedSizes) assert.ok(sizeOf(pattern) >= size, pattern);
});

test('the limit is at 100 instructions', () => {
  assert.is(regexProblem('a{96}'), undefined);
  assert.is(regexProblem('a{97}'), 'it is too large: RE2 makes 101 instructions of it, and Envoy takes at most 100');
});

test('regular expressions that explode are refused at once', () => {
  for (const pattern of ['(a{1000}){1000}', '((((a{30}){30}){30}){30}){30}', 'a{1000}'.repeat(100), '('.repeat(2000) + ')'.repeat(2000), '(a|b)'.repeat(200), 'x'.repeat(5000), '(a*)*'.repeat(200), '[^a]{900}', '(?:(?:a{10}){10}){9}', `(?:${'a'.repeat(900)}){900}`]) {
    assert.type(regexProblem(pattern), 'string');
  }
});

test('text that is not Unicode', () => {
  assert.is(regexProblem('a\ud800'), 'it is not valid Unicode');
});

test('plain patterns, which pass without a compilation, are small enough', () => {
  const part = fc.constantFrom('a', '/', '-', '.', '.*', '.+', '[^/]*', '[^/]+', String.raw`\.`, String.raw`\d+`, String.raw`\w`, String.raw`\w*`, '[0-9]', '[a-zA-Z0-9_.]+', '(/.*)?', '(ab|b|abc)', '(a|b)');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 60 }), fc.constantFrom('', '^'), fc.constantFrom('', '$'), (parts, start, end) => {
      const pattern = `${start}${parts.join('')}${end}`;
      assert.is(regexProblem(pattern) === undefined, sizeOf(pattern) <= 100, pattern);
    }),
    { numRuns: 300 },
  );
});

test.run();
