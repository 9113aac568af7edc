import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { resourceFiles } from '../../compiler/artifact/resource-files.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { meaning, referenceBytes } from './support/reference.ts';

/** Resource files under the `expected` folders of the fixtures. */
function goldenFiles(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.includes('expected/') && resourceFiles.some(({ file }) => path.endsWith(`/${file}.json`)))
    .sort()
    .map((path) => join(folder, path));
}

test('every resource of every golden means what the reference makes of it', () => {
  const encoder = createEncoder();
  let count = 0;
  for (const path of goldenFiles('fixtures')) {
    const type = resourceFiles.find(({ file }) => path.endsWith(`/${file}.json`))?.type ?? 'cluster';
    for (const json of JSON.parse(readFileSync(path, 'utf8')) as readonly object[]) {
      const bytes = encoder.encode(messageNames[type], json);
      const reference = referenceBytes(messageNames[type], json);
      assert.equal(meaning(messageNames[type], bytes), meaning(messageNames[type], reference), path);
      assert.is(bytes.length, reference.length, path);
      count += 1;
    }
  }
  console.log(`${count} resources of goldens compared`);
});

test.run();
