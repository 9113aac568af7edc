import { readFile } from 'node:fs/promises';
import type { Manifest } from '../../install/manifest.ts';
import { allManifests, manifests } from '../../install/manifests.ts';
import { printManifests } from '../../install/print-manifests.ts';
import { authorityCertificates } from '../../server/certificates/authority.ts';
import { certificatesOf } from '../../server/certificates/pem.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { objectName } from '../install/apply-object.ts';
import { settingsOf } from '../install/settings-of.ts';
import type { PrintFlags } from '../program/install-flags.ts';
import { documentText } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic manifests`. */
export async function manifestsCommand(terminal: Terminal, flags: PrintFlags): Promise<ExitCode> {
  const { ha: highlyAvailable = false, certManager = false, caBundle: file } = flags;
  const settings = settingsOf(flags);
  const caBundle = file === undefined ? undefined : await withCaFailures(() => readBundle(file));
  const list = allManifests(manifests(settings, { highlyAvailable, certManager, ...(caBundle !== undefined && { caBundle }) }));
  await terminal.out.write(textOf(list, flags.output));
  if (caBundle === undefined && !certManager) {
    await terminal.err.write("note: the webhook configurations have no caBundle: the API server cannot verify the webhook until they have one.\n  Give the webhook's CA with --ca-bundle, or --cert-manager; smic install does it by itself.\n");
  }
  return exitCode.yes;
}

function textOf(list: readonly Manifest[], format: PrintFlags['output']): string {
  switch (format) {
    case 'yaml':
      return printManifests(list);
    case 'json':
      return documentText({ apiVersion: 'v1', kind: 'List', items: list }, format);
    case 'name':
      return list.map((manifest) => `${objectName(manifest)}\n`).join('');
  }
}

/** The file's certificate, which must be one CA with its chain: what is around it stays out. */
async function readBundle(file: string): Promise<string> {
  return authorityCertificates(certificatesOf(await readFile(file, 'utf8'))).root;
}
