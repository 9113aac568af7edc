import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base: string | undefined;

/** A folder of its own, gone when this process is, however it ends. */
export function temporaryFolder(): string {
  base ??= guardedFolder();
  return mkdtempSync(join(base, 'folder-'));
}

function guardedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'smic-serve-'));
  // Its input closes with this process, even when that is killed.
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; rm -rf "$1"', 'guard', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  if (guard.stdin instanceof Socket) {
    guard.stdin.unref();
  }
  return folder;
}
