import { readCluster } from '../../server/kubernetes/read-cluster.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { objectName } from '../install/apply-object.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { deniedWords } from '../kubernetes/denied-words.ts';
import { objectText } from '../kubernetes/object-text.ts';
import { writeFileAtomically } from '../output/write-file-atomically.ts';
import type { SnapshotFlags } from '../program/snapshot-command.ts';
import { documentFor } from '../terminal/printable.ts';
import { plural } from '../terminal/plural.ts';
import { documentText } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic snapshot`. */
export async function snapshotCommand(terminal: Terminal, flags: SnapshotFlags): Promise<ExitCode> {
  const { objects, denied } = await withCluster(flags, terminal.err, (client) => readCluster(client, { namespace: flags.namespace, labelSelector: flags.selector }));
  const text = textOf(objects, flags.output);
  await terminal.err.write(deniedWords(denied));
  if (flags.out === undefined) {
    await terminal.out.write(documentFor(terminal.out, text));
  } else {
    const result = await writeFileAtomically(flags.out, text);
    await terminal.err.write(`${flags.out}${result === 'written' ? ' written' : ' is unchanged'}: ${plural(objects.length, 'object')}\n`);
  }
  return exitCode.yes;
}

function textOf(objects: readonly KubeObject[], format: SnapshotFlags['output']): string {
  switch (format) {
    case 'yaml':
      return objects.map((object) => `---\n${objectText(object)}`).join('');
    case 'json':
      return documentText({ apiVersion: 'v1', kind: 'List', items: objects }, format);
    case 'name':
      return objects.map((object) => `${objectName(object)}\n`).join('');
  }
}
