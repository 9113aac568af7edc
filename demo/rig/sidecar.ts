import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from '../../server/bootstrap/bootstrap.ts';
import type { BootstrapOptions } from '../../server/bootstrap/bootstrap-options.ts';
import { certificateFile, privateKeyFile, secretFiles, trustBundleFile } from '../../server/bootstrap/certificate-secrets.ts';

/** As the injector's: the user that iptables leaves alone. */
export const sidecarUser = 1500;

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
  for (const [name, content] of Object.entries(secretFiles(folder))) {
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

/** Puts a sidecar's certificate in place: each file by rename, which is what Envoy watches for. */
export function writeCertificate(folder: string, { chain, privateKey, trustBundle }: XdsCertificate): void {
  place(folder, privateKeyFile, privateKey);
  place(folder, certificateFile, chain);
  place(folder, trustBundleFile, trustBundle);
}

function place(folder: string, name: string, text: string): void {
  const target = join(folder, name);
  writeFileSync(`${target}.new`, text, { mode: 0o400 });
  chownSync(`${target}.new`, sidecarUser, sidecarUser);
  renameSync(`${target}.new`, target);
}
