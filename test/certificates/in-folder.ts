import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives `use` the path of a folder that doesn't exist yet, in one of its own that is removed afterwards. */
export async function inFolder(use: (folder: string, above: string) => Promise<void>): Promise<void> {
  const above = realpathSync(mkdtempSync(join(tmpdir(), 'smic-ca-')));
  try {
    await use(join(above, 'ca'), above);
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}
