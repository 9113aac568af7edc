import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { sidecarUser } from '../../webhook/sidecar-contract.ts';

/** A path of the binary by which the sidecar's user can run it: itself, or a copy in `folder` where its own folders are closed to that user. */
export function usableBinary(binary: string, folder: string): string {
  const path = realpathSync(binary);
  const test = spawnSync('setpriv', [`--reuid=${sidecarUser}`, `--regid=${sidecarUser}`, '--clear-groups', '--', '/usr/bin/test', '-x', path]);
  if (test.status === 0) {
    return path;
  }
  const copy = join(folder, 'envoy');
  copyFileSync(path, copy);
  chmodSync(copy, 0o755);
  return copy;
}
