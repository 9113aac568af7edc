import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant } from '../../compiler/diagnostics/invariant.ts';
import { type Authority, type AuthorityCertificates, authorityCertificates, authorityWith } from './authority.ts';
import { type CaState, parseState, printState } from './ca-state.ts';
import { CertificateError } from './certificate-error.ts';
import { lockName, withLock } from './folder-lock.ts';
import type { AuthorityFiles } from './make-root.ts';
import { certificatesOf } from './pem.ts';
import { checkPrivate, readText, writeDurably } from './private-files.ts';

/*
 * A CA folder: `ca.json`, and of each authority that it names `<id>.crt` and `<id>.key` (the first 16 digits of the id). `ca.json` is
 * replaced whole and last, so that a crash leaves either the old state or the new one, and at worst files that no state names.
 */

const stateFile = 'ca.json';

/** What lies in a CA folder, read at one moment. */
export interface CaContent {
  readonly state: CaState;
  /** The authority that signs. */
  readonly signing: Authority;
  /** In the state's order. */
  readonly trusted: readonly AuthorityCertificates[];
}

/** Makes a CA folder of one authority. Rejects with a CertificateError where there is anything already. */
export async function createCaFolder(folder: string, files: AuthorityFiles, leafKeys: CaState['leafKeys']): Promise<CaContent> {
  const { id } = parseAuthority(files);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkPrivate(folder);
  await withLock(folder, async () => {
    const present = await readdir(folder);
    if (present.includes(stateFile)) {
      throw new CertificateError(`there is a CA in ${folder} already`, 'smic ca show lists what it holds, smic ca rotate brings in a new root.');
    }
    // An init that crashed leaves files of its authority.
    if (present.some((name) => name !== lockName && !isOurs(name))) {
      throw new CertificateError(`${folder} is not empty`, 'A CA has a folder of its own.');
    }
    await writeAuthority(folder, id, files);
    await writeState(folder, { leafKeys, signing: id, trusted: [id] });
  });
  return readCaFolder(folder);
}

/** Reads a CA folder. Rejects with a CertificateError where something is missing, broken, or can be read by others. */
export async function readCaFolder(folder: string): Promise<CaContent> {
  await checkPrivate(folder);
  let state = await readState(folder);
  while (true) {
    try {
      return await readAuthorities(folder, state);
    } catch (error) {
      // Who changes the state removes files that were named before: then it's read again.
      const now = await readState(folder);
      if (printState(now) === printState(state)) {
        throw error;
      }
      state = now;
    }
  }
}

async function readAuthorities(folder: string, state: CaState): Promise<CaContent> {
  const trusted = await Promise.all(state.trusted.map((id) => readCertificates(folder, id)));
  const certificates = trusted.find(({ id }) => id === state.signing);
  invariant(certificates, 'the authority that signs is not among those that are trusted');
  return { state, trusted, signing: authorityWith(certificates, await readKey(folder, state.signing)) };
}

/**
 * Changes the state, alone: all of it or nothing, on the disk when this settles. `change` gives the new state, or undefined to leave
 * it; `added` are the files of an authority that the new state names. Files of authorities that it no longer names are removed.
 */
export async function changeState(folder: string, change: (state: CaState) => CaState | undefined, added?: AuthorityFiles): Promise<CaState> {
  return withLock(folder, async () => {
    const before = await readState(folder);
    const after = change(before);
    if (after === undefined) {
      return before;
    }
    if (added) {
      await writeAuthority(folder, parseAuthority(added).id, added);
    }
    await writeState(folder, after);
    return after;
  });
}

/** Checks an authority's files as a whole. Throws a CertificateError. */
export function parseAuthority({ certificates, privateKey }: AuthorityFiles): Authority {
  return authorityWith(authorityCertificates(certificatesOf(certificates)), parseKey(privateKey));
}

async function readState(folder: string): Promise<CaState> {
  return parseState(await readText(join(folder, stateFile), 'smic ca init makes a CA.'));
}

async function writeState(folder: string, state: CaState): Promise<void> {
  await writeDurably(folder, stateFile, printState(state));
  const named = new Set([stateFile, ...state.trusted.flatMap((id) => [fileOf(id, 'crt'), fileOf(id, 'key')])]);
  for (const name of await readdir(folder)) {
    if (isOurs(name) && !named.has(name)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** All files of a CA folder of one authority, by name: for what is not a folder, as a Secret. Throws a CertificateError as createCaFolder does. */
export function caFiles(files: AuthorityFiles, leafKeys: CaState['leafKeys']): Readonly<Record<string, string>> {
  const { id } = parseAuthority(files);
  return { [stateFile]: printState({ leafKeys, signing: id, trusted: [id] }), [fileOf(id, 'crt')]: files.certificates, [fileOf(id, 'key')]: files.privateKey };
}

/** What such files hold. Throws a CertificateError where a certificate is missing or broken. */
export function readCaFiles(files: Readonly<Record<string, string>>): Omit<CaContent, 'signing'> {
  const state = parseState(files[stateFile] ?? '');
  const trusted = state.trusted.map((id) => {
    const name = fileOf(id, 'crt');
    return within(name, () => authorityCertificates(certificatesOf(files[name] ?? '')));
  });
  return { state, trusted };
}

/** The files that a folder's state names, by name. Rejects as readCaFolder does. */
export async function readFilesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const { state } = await readCaFolder(folder);
  const names = state.trusted.flatMap((id) => [fileOf(id, 'crt'), ...(id === state.signing ? [fileOf(id, 'key')] : [])]);
  const texts = await Promise.all(names.map(async (name) => [name, await readText(join(folder, name), 'Restore it from a copy.')] as const));
  return { [stateFile]: printState(state), ...Object.fromEntries(texts) };
}

function fileOf(id: string, extension: 'crt' | 'key'): string {
  return `${id.slice(0, 16)}.${extension}`;
}

function isOurs(name: string): boolean {
  return /^([0-9a-f]{16}\.(crt|key)|ca\.json)(\.new)?$/.test(name);
}

async function writeAuthority(folder: string, id: string, { certificates, privateKey }: AuthorityFiles): Promise<void> {
  await writeDurably(folder, fileOf(id, 'key'), privateKey);
  await writeDurably(folder, fileOf(id, 'crt'), certificates);
}

async function readCertificates(folder: string, id: string): Promise<AuthorityCertificates> {
  const path = join(folder, fileOf(id, 'crt'));
  const text = await readText(path, 'Restore it from a copy.');
  const read = within(path, () => authorityCertificates(certificatesOf(text)));
  if (read.id !== id) {
    throw new CertificateError(`${path} holds another certificate than ca.json names`);
  }
  return read;
}

async function readKey(folder: string, id: string): Promise<KeyObject> {
  const path = join(folder, fileOf(id, 'key'));
  const text = await readText(path, 'Restore it from a copy: nothing can be signed without it.');
  await checkPrivate(path);
  return within(path, () => parseKey(text));
}

/** Names the file in what is wrong with it. */
function within<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof CertificateError ? new CertificateError(`${path}: ${error.message}`, error.fix) : error;
  }
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says is of no use to anyone, and may quote what was given.
    throw new CertificateError('the private key cannot be read', 'It must be PEM, without a passphrase.');
  }
}
