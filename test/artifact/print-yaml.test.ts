import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { printYaml, yamlPrinter } from '../../cli/artifact/print-yaml.ts';
import { compileCase, goldenCases } from '../goldens/golden-case.ts';

const byLibrary = (value: unknown): string => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });

test('golden configurations are printed as the yaml library prints them', () => {
  const print = yamlPrinter();
  for (const golden of ['http/', 'tls/', 'bookstore-demo/'].flatMap((area) => goldenCases(area))) {
    for (const { resources } of compileCase(golden).artifact?.classes ?? []) {
      const messages = resources.map(({ message }) => message);
      assert.is(print(messages), byLibrary(messages));
    }
  }
});

test('any plain data is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('', ' ', 'null', 'true', '1', '1e3', '{}', '[]', '-', '- a', 'a: b', 'a #b', 'a\n', '\n', '\n\na\n\n', ' a\nb', 'a\n\n b', "'", '"', '~', 'y', '=', '<<', '!t', '&a', '*a', '%', '@', '`', 'k'.repeat(1100)),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, 4_294_967_295),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, fc.oneof(tie('value'), fc.constant(undefined)), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (any) => {
      for (const whole of [{ any }, [any, [any]]]) assert.is(printYaml(whole), byLibrary(whole));
    }),
    { numRuns: 300 },
  );
});

test.run();
