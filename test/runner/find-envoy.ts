import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Where the Envoy for the tests is. */
export interface Envoy {
  readonly path: string | undefined;
  /** What to tell the person who runs the tests. */
  readonly note: string | undefined;
  /** Set where an Envoy is required and there is none. */
  readonly fault: string | undefined;
}

/** Looks for an Envoy: `ENVOY_BIN`, or one that `scripts/envoy.sh` has fetched before. Downloads nothing. */
export function findEnvoy(): Envoy {
  const run = spawnSync(resolve('scripts/envoy.sh'), ['--if-present'], { encoding: 'utf8' });
  const path = run.status === 0 ? run.stdout.trim() : '';
  if (path !== '') {
    return { path, note: undefined, fault: undefined };
  }
  const problem = run.status === 0 ? '' : ` (${(run.error?.message ?? run.stderr).trim()})`;
  const advice = `no Envoy here${problem}: scripts/envoy.sh fetches one, or set ENVOY_BIN`;
  return process.env['SMIC_REQUIRE_ENVOY'] === '1'
    ? { path: undefined, note: undefined, fault: advice }
    : { path: undefined, note: `${advice}. Tests that need one are skipped.`, fault: undefined };
}
