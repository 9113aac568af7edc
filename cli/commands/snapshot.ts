import { readCluster } from '../../server/kubernetes/read-cluster.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { deniedWords } from '../kubernetes/denied-words.ts';
import { objectText } from '../kubernetes/object-text.ts';
import { writeFileAtomically } from '../output/write-file-atomically.ts';
import type { SnapshotFlags } from '../program/snapshot-command.ts';
import { documentFor } from '../terminal/printable.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic snapshot`. */
export async function snapshotCommand(terminal: Terminal, flags: SnapshotFlags): Promise<ExitCode> {
  const { objects, denied } = await withCluster(flags, terminal.err, (client) => readCluster(client, { namespace: flags.namespace, labelSelector: flags.selector }));
  const text =
    flags.output === 'json'
      ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`
      : objects.map((object) => `---\n${objectText(object)}`).join('');
  await terminal.err.write(deniedWords(denied));
  if (flags.out === undefined) {
    await terminal.out.write(documentFor(terminal.out, text));
  } else {
    const result = await writeFileAtomically(flags.out, text);
    await terminal.err.write(`${flags.out}${result === 'written' ? ' written' : ' is unchanged'}: ${plural(objects.length, 'object')}\n`);
  }
  return exitCode.yes;
}
