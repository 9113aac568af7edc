import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import type { Diagnostic, Place } from '../../compiler/diagnostics/diagnostic.ts';
import { compileCase, goldenCases, readFolder } from './golden-case.ts';

const update = process.env['UPDATE'] === '1';

for (const golden of goldenCases()) {
  test(golden.name, () => {
    const { artifact, diagnostics } = compileCase(golden);
    const expected = join(golden.folder, 'expected');
    const made = new Map<string, string>();
    for (const { path, content } of artifact ? artifactFiles(artifact) : []) made.set(path, content);
    if (diagnostics.length > 0) made.set('diagnostics.txt', diagnostics.map(diagnosticText).join(''));
    if (update) {
      rmSync(expected, { recursive: true, force: true });
      for (const [path, content] of made) {
        mkdirSync(dirname(join(expected, path)), { recursive: true });
        writeFileSync(join(expected, path), content);
      }
    }
    const committed = readFolder(expected);
    assert.equal([...made.keys()].sort(), [...committed.keys()].sort());
    for (const [path, content] of made) assert.fixture(content, committed.get(path) ?? '', path);
  });
}

test.run();

/** Everything that a diagnostic says. */
function diagnosticText({ code, level, message, why, fix, place, related }: Diagnostic): string {
  const lines = [
    `${placeText(place)}${level} ${code}: ${message}`,
    `  why: ${why}`,
    `  fix: ${fix}`,
    ...related.map((other) => `  ${placeText(other.place)}${other.message}`),
  ];
  return `${lines.join('\n')}\n`;
}

function placeText(place: Place | undefined): string {
  return place ? `${place.file}:${place.line}:${place.column}-${place.endLine}:${place.endColumn}: ` : '';
}
