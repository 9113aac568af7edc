import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bootstrap } from '../../server/bootstrap/bootstrap.ts';
import type { BootstrapOptions } from '../../server/bootstrap/bootstrap-options.ts';
import { certificateFile, privateKeyFile, secretFiles, trustBundleFile } from '../../server/bootstrap/certificate-secrets.ts';
import { sidecarUser } from '../../webhook/sidecar-contract.ts';

/** The certificate by which a sidecar speaks to the server, and whom it trusts there. PEM. */
export interface XdsCertificate {
  readonly chain: string;
  readonly privateKey: string;
  readonly trustBundle: string;
}

/** A sidecar to be started. */
export interface SidecarOptions {
  readonly netns: string;
  /** The binary, which user 1500 can run. */
  readonly envoy: string;
  /** A folder of its own. */
  readonly folder: string;
  readonly bootstrap: Omit<BootstrapOptions, 'secretsFolder'>;
  readonly certificate: XdsCertificate;
  /** More command line for Envoy. */
  readonly envoyOptions?: readonly string[];
}

export interface Sidecar {
  readonly process: ChildProcess;
  /** Where it logs to. */
  readonly log: string;
}

/** Writes a sidecar's files and starts its Envoy. */
export function startSidecar({ netns, envoy, folder, bootstrap: options, certificate, envoyOptions = [] }: SidecarOptions): Sidecar {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, sidecarUser, sidecarUser);
  writeCertificate(folder, certificate);
  for (const [name, content] of Object.entries(secretFiles(certificatesFolder(folder)))) {
    place(folder, name, JSON.stringify(content));
  }
  place(folder, 'bootstrap.json', JSON.stringify(bootstrap({ ...options, secretsFolder: folder }), null, 2));
  const log = join(folder, 'envoy.log');
  const file = openSync(log, 'a');
  const user = ['setpriv', `--reuid=${sidecarUser}`, `--regid=${sidecarUser}`, '--clear-groups', '--no-new-privs', '--'];
  const flags = ['-c', join(folder, 'bootstrap.json'), '-l', 'warning', '--concurrency', '1', '--disable-hot-restart', '--reject-unknown-dynamic-fields'];
  const child = spawn('ip', ['netns', 'exec', netns, ...user, envoy, ...flags, ...envoyOptions], { stdio: ['ignore', file, file] });
  // Whoever waits for it to be ready finds out.
  child.on('error', () => {});
  closeSync(file);
  return { process: child, log };
}

/**
 * Puts a sidecar's certificate in place, all three files at once: as Kubernetes does it with a mounted Secret, they are
 * links into a folder behind a link, which is exchanged. A key beside another's certificate is refused by Envoy.
 */
export function writeCertificate(sidecarFolder: string, { chain, privateKey, trustBundle }: XdsCertificate): void {
  const folder = certificatesFolder(sidecarFolder);
  mkdirSync(folder, { recursive: true });
  const version = mkdtempSync(join(folder, '..version-'));
  const files = { [privateKeyFile]: privateKey, [certificateFile]: chain, [trustBundleFile]: trustBundle };
  chownSync(folder, sidecarUser, sidecarUser);
  chownSync(version, sidecarUser, sidecarUser);
  for (const [name, text] of Object.entries(files)) {
    place(version, name, text);
    if (!existsSync(join(folder, '..data'))) {
      symlinkSync(`..data/${name}`, join(folder, name));
    }
  }
  symlinkSync(basename(version), join(folder, '..data.new'));
  renameSync(join(folder, '..data.new'), join(folder, '..data'));
}

function certificatesFolder(sidecarFolder: string): string {
  return join(sidecarFolder, 'certificates');
}

function place(folder: string, name: string, text: string): void {
  const target = join(folder, name);
  writeFileSync(target, text, { mode: 0o400 });
  chownSync(target, sidecarUser, sidecarUser);
}
