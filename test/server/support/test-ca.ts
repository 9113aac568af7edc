import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCaFolder } from '../../../server/certificates/ca-folder.ts';
import { type InternalCa, openInternalCA } from '../../../server/certificates/internal-ca.ts';
import type { Clock, IssuedCertificate } from '../../../server/certificates/issuer.ts';
import { makeRoot } from '../../../server/certificates/make-root.ts';
import { systemClock } from '../../../server/certificates/system-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A certificate to show, its key, and whom to trust. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A CA in a folder of its own. */
export interface TestCa {
  readonly folder: string;
  readonly issuer: InternalCa;
  /** A certificate of an identity. `clock`: what the CA takes for now. */
  issue(identity: string, lifetimeSeconds?: number, clock?: Clock): Promise<Identity>;
  /** A certificate that the CA itself would never make: its extensions, as OpenSSL's configuration has them. */
  forge(extensions: readonly string[]): Identity;
  remove(): void;
}

export async function makeTestCa(): Promise<TestCa> {
  const folder = join(temporaryFolder(), 'ca');
  await createCaFolder(folder, await makeRoot('ecdsa', 30, systemClock), 'ecdsa');
  const issuer = await openInternalCA(folder, systemClock);
  const shown = ({ chain, privateKey }: IssuedCertificate): Identity => ({ cert: chain, key: privateKey, ca: issuer.trustBundle() });
  return {
    folder,
    issuer,
    issue: async (identity, lifetimeSeconds = 3600, clock = systemClock) => {
      const other = await openInternalCA(folder, clock);
      try {
        return shown(await other.issue({ identity, lifetimeSeconds }));
      } finally {
        other.close();
      }
    },
    forge(extensions) {
      const work = temporaryFolder();
      const [crt = '', key = ''] = ['.crt', '.key'].map((end) => readdirSync(folder).find((name) => name.endsWith(end)));
      const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { cwd: work, stdio: 'pipe' });
      try {
        writeFileSync(join(work, 'extensions'), `${extensions.join('\n')}\n`);
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key', '-out', 'csr', '-subj', '/CN=forged');
        openssl('x509', '-req', '-in', 'csr', '-CA', join(folder, crt), '-CAkey', join(folder, key), '-CAcreateserial', '-CAserial', 'serial', '-days', '1', '-extfile', 'extensions', '-out', 'crt');
        return { cert: readFileSync(join(work, 'crt'), 'utf8'), key: readFileSync(join(work, 'key'), 'utf8'), ca: issuer.trustBundle() };
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
    remove() {
      issuer.close();
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
}

/** A wall clock that goes wrong by so many milliseconds. */
export function shiftedClock(by: number): Clock {
  return { now: () => Date.now() + by, at: (at, action) => systemClock.at(at - by, action) };
}
