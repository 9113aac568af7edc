import { readFile } from 'node:fs/promises';
import type { KeyType } from '../../server/certificates/key-type.ts';
import { type AuthorityFiles, makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';

/** Where a CA comes from: files, or else made anew. */
export interface AuthoritySource {
  readonly keyType: KeyType;
  readonly days: number;
  readonly certificate?: string;
  readonly key?: string;
}

/** The files of a CA that the user names, or of a root that is made now. Throws a Failure where they can't be read. */
export async function newAuthority({ keyType, days, certificate, key }: AuthoritySource): Promise<AuthorityFiles> {
  if (certificate === undefined && key === undefined) {
    return makeRoot(keyType, days, systemClock);
  }
  if (certificate === undefined || key === undefined) {
    throw new Failure('--certificate and --key belong together', 'Give both, or neither to have a root made.');
  }
  return { certificates: await readText(certificate), privateKey: await readText(key) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw isSystemError(error) ? new Failure(`cannot read ${path}: ${systemErrorWords(error)}`) : error;
  }
}
