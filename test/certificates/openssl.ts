import { spawnSync } from 'node:child_process';

/** What a run of openssl gave: both its streams, and whether it said yes. */
export interface OpensslResult {
  readonly ok: boolean;
  readonly text: string;
}

/** Runs openssl. */
export function openssl(args: readonly string[], input = ''): OpensslResult {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}` };
}

/** True where there's an openssl. Says so where there is none; throws then if SMIC_REQUIRE_OPENSSL=1. */
export function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) {
    return true;
  }
  if (process.env['SMIC_REQUIRE_OPENSSL'] === '1') {
    throw new Error('openssl is required here, and there is none');
  }
  console.log('no openssl here: what needs it is skipped');
  return false;
}
