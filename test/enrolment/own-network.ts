import { spawnSync } from 'node:child_process';
import { missingForMesh } from '../mesh/start-test-mesh.ts';

/**
 * Goes on only in a process whose network is its own, with nothing but loopback: ports there are nobody else's. Elsewhere the file is run in
 * such a process, and this one ends as that ends; it goes on, too, where this machine can't do that and the file skips its tests.
 */
export function moveToOwnNetwork(file: string): void {
  if (process.env['SMIC_OWN_NETWORK'] === '1' || missingForMesh() !== undefined) {
    return;
  }
  const command = 'ip link set lo up; exec "$@"';
  const { status } = spawnSync('unshare', ['--net', '--kill-child', 'sh', '-c', command, 'sh', process.execPath, ...process.execArgv, file], { stdio: 'inherit', env: { ...process.env, SMIC_OWN_NETWORK: '1' } });
  process.exit(status ?? 1);
}
