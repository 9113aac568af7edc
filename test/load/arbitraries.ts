import fc from 'fast-check';
import { stringify } from 'yaml';

/** A text as a user would write it, with most of what YAML has. */
export const bookstore = `# The bookstore's policy.
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata:
  name: bookstore
  namespace: bookstore
  annotations:
    note: "a \\"quoted\\" text: with a colon # and no comment"
    other: 'it''s'
spec:
  destination: {kind: ServiceAccount, name: bookstore}
  rules:
  - kind: HTTPRouteGroup
    name: bookstore-routes
    matches: [buy-a-book, "books"]
  sources:
    - &buyer
      kind: ServiceAccount
      name: bookbuyer   # who may buy
      namespace: bookbuyer
    - <<: *buyer
      name: bookthief
---
apiVersion: v1
kind: Service
metadata: {name: bookstore}
spec:
  ports:
  - port: 14001
    name: bookstore-port
  -   port: 80
      targetPort: 0x50
  selector:
  note: |
    several
    lines
  folded: >-
    several
    lines
...
`;

const word = fc.constantFrom(
  'a', 'app', 'bookstore', 'true', 'no', 'on', 'null', '~', '', '8080', '010', '0x1f', '1_000', '-1', '-', '1.5', '.5', '1e3', '.inf', '10.0.0.1', 'a b', 'a:b', 'a: b',
  ' a', 'a ', '#a', 'a #b', 'a#b', '*', '&a', '!a', '|', '>', '%', '@', '`', '[a]', '{a}', ',', '?', "it's", '"q"', 'a\nb', 'a\tb', 'ä', '😀', '\u00a0x\u00a0', '\\', '---', '...', '__proto__', 'constructor', '<<', '=', '2024-01-01', ':a', 'a:', '/a/b', 'x\u2028y',
);
const scalar = fc.oneof(word, fc.string({ maxLength: 8, unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text)), fc.integer(), fc.boolean(), fc.constant(null));

/** Values as JSON has them. */
const value: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(word, fc.stringMatching(/^[a-z]{1,7}$/)), tie('node'), { maxKeys: 4 }),
  ),
})).node;

/** Mappings and lists, as documents are. */
const container: fc.Arbitrary<unknown> = fc.oneof(fc.array(value, { minLength: 1, maxLength: 4 }), fc.dictionary(fc.stringMatching(/^[a-z]{1,7}$/), value, { minKeys: 1, maxKeys: 5 }));

/** A value and a text for it, in one of the styles of the yaml library. */
export const written: fc.Arbitrary<{ readonly value: unknown; readonly text: string }> = fc
  .record({ value: container, indent: fc.constantFrom(2, 3, 4), indentSeq: fc.boolean(), quoted: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const) })
  .map(({ value, indent, indentSeq, quoted }) => ({ value, text: stringify(value, { indent, indentSeq, defaultStringType: quoted, version: '1.1', aliasDuplicateObjects: false }) }));

const piece = fc.constantFrom(
  ' ', '  ', '\n', '\n  ', '\n    ', '\n- ', '\n  - ', '- ', 'a: ', 'b:', ': ', ':', 'c', 'name: ', '"', "'", '[', ']', '{', '}', ',', ', ', '#', ' # c', '&x ', '*x', '!t ', '!!str ', '|', '>', '---', '\n---\n', '\n...\n', '%YAML 1.2\n', '? ', '<<: ', '\t', '\r\n', '\\', '~', 'y', 'no', '01', '0x1', '1.0', '_', '-', '.', '"a": ', "'b'", '[a, b]', '{}', '[]', '"x y"', 'ä', '\u00a0', '\ufeff', '{{ .Values.x }}',
);

/** Texts of YAML's own pieces in any order: mostly broken, often just so. */
export const pieces: fc.Arbitrary<string> = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(''));

/** `text` with a few random edits. */
export function mutated(text: string): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(text.length), remove: fc.nat(6), insert: fc.oneof(piece, fc.constant(''), fc.string({ maxLength: 3 })) });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) =>
    edits.reduce((result, { at, remove, insert }) => result.slice(0, at) + insert + result.slice(at + remove), text),
  );
}
