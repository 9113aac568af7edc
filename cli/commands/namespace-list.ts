import { ignored, injectionAnnotation, monitoredBy, switchWord } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { podView } from '../operate/pod.ts';
import type { NamespaceListFlags } from '../program/namespace-command.ts';
import { printable } from '../terminal/printable.ts';
import { show } from '../terminal/show.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A namespace as it is shown. */
interface Row {
  readonly name: string;
  readonly mesh: string | undefined;
  /** `enabled`, `disabled`, `ignored`; undefined: nothing is said, which means enabled in a mesh. A word of another's as it stands. */
  readonly sidecarInjection: string | undefined;
  readonly pods?: number;
  readonly sidecars?: number;
}

/** `smic namespace list`. */
export async function namespaceListCommand(terminal: Terminal, flags: NamespaceListFlags): Promise<ExitCode> {
  const { output, selector } = flags;
  const rows = await withCluster(flags, terminal.err, async (client) => {
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: selector });
    const own = items.map(rowOf).filter(({ mesh, sidecarInjection }) => mesh !== undefined || sidecarInjection === 'ignored');
    return output === 'table' || output === 'name' ? own : Promise.all(own.map((row) => withPods(client, row)));
  });
  if (rows.length === 0 && (output === 'table' || output === 'wide')) {
    await terminal.err.write(`No namespace${selector === undefined ? '' : ' with these labels'} is in a mesh: smic namespace add NAMESPACE lets one join.\n`);
    return exitCode.yes;
  }
  await show(terminal.out, output, { document: rows, names: rows.map(({ name }) => `namespace/${name}`), text: (wide) => tableOf(rows, wide) });
  return exitCode.yes;
}

function tableOf(rows: readonly Row[], wide: boolean): string {
  const counts = [{ title: 'PODS', align: 'right' }, { title: 'SIDECARS', align: 'right' }] as const;
  return table([{ title: 'NAMESPACE' }, { title: 'MESH' }, { title: 'SIDECAR-INJECTION' }, ...(wide ? counts : [])], rows.map(cells));
}

function rowOf({ metadata: { name, labels = {}, annotations = {} } }: KubeObject): Row {
  const word = annotations[injectionAnnotation];
  return { name, mesh: labels[monitoredBy], sidecarInjection: labels[ignored] === undefined ? (word === undefined ? undefined : (switchWord(word) ?? word)) : 'ignored' };
}

async function withPods(client: KubeClient, row: Row): Promise<Row> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: row.name });
  const pods = items.map(podView).filter(({ leaving }) => !leaving);
  return { ...row, pods: pods.length, sidecars: pods.filter(({ sidecar }) => sidecar !== undefined).length };
}

function cells({ name, mesh = '-', sidecarInjection = '-', pods, sidecars }: Row): readonly string[] {
  const injection = sidecarInjection === 'ignored' ? 'disabled (ignored)' : sidecarInjection;
  return [name, mesh, injection, ...(pods === undefined ? [] : [String(pods), String(sidecars ?? 0)])].map(printable);
}
