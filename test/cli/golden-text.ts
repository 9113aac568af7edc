import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';

/** Compares `text` with the file `name` of test/cli/fixtures/; UPDATE=1 writes it. */
export function matchesGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'fixtures', name);
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `${path} is missing: UPDATE=1 writes it`);
  assert.fixture(text, readFileSync(path, 'utf8'));
}
