import { mkdir } from 'node:fs/promises';
import { readCaFolder } from '../../server/certificates/ca-folder.ts';
import { trustBundleOf } from '../../server/certificates/internal-ca.ts';
import { issueLeaf } from '../../server/certificates/issue-leaf.ts';
import { writeDurably } from '../../server/certificates/private-files.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { CaIssueFlags } from '../program/ca-flags.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic ca issue`. */
export async function caIssueCommand(terminal: Terminal, folder: string, { identity, dns, lifetime, out }: CaIssueFlags): Promise<ExitCode> {
  return withCaFailures(async () => {
    const content = await readCaFolder(folder);
    const request = { identity, dnsNames: dns, lifetimeSeconds: lifetime };
    const issued = await issueLeaf(content.signing, content.state.leafKeys, request, Date.now());
    if (out === undefined) {
      await terminal.out.write(issued.privateKey + issued.chain);
    } else {
      // The names that Kubernetes' TLS secrets have, and smic bootstrap expects. The certificate last: with it the key is complete.
      await mkdir(out, { recursive: true, mode: 0o700 });
      await writeDurably(out, 'ca.crt', trustBundleOf(content));
      await writeDurably(out, 'tls.key', issued.privateKey);
      await writeDurably(out, 'tls.crt', issued.chain);
    }
    const cut = issued.notAfter < Date.now() + (lifetime - 1) * 1000 ? ', because the CA ends then' : '';
    await terminal.err.write(`${printable(identity)} until ${new Date(issued.notAfter).toISOString()}${cut}${out === undefined ? '' : `, in ${printable(out)}`}\n`);
    return exitCode.yes;
  });
}
