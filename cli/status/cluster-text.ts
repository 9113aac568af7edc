import { brokenObjects, type ClusterStatus } from '../../server/kubernetes/cluster-status.ts';
import { plural } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';

/** What is wrong with the objects of the cluster that a server follows: each broken one with the reasons; empty where all is well. */
export function brokenText({ findings }: ClusterStatus): string {
  return brokenObjects(findings)
    .map(({ object: { kind, namespace, name }, diagnostics }) => {
      const where = namespace === '' ? name : `${namespace}/${name}`;
      const reasons = diagnostics.filter(({ level }) => level === 'error').map(({ code, message, path = '' }) => `  ${code}: ${printable(message)}${path === '' ? '' : ` (${printable(path)})`}\n`);
      return `\n${printable(`${kind} ${where}`)} is broken, and denied in its place:\n${reasons.join('')}`;
    })
    .join('');
}

/** How the server stands with the cluster: a line, and one for each kind of which it doesn't know the objects as they are now. */
export function clusterText({ server, synced, kinds, findings }: ClusterStatus): string {
  const count = kinds.reduce((sum, { objects }) => sum + objects, 0);
  const troubles = kinds.filter(({ state }) => state === 'away' || state === 'denied');
  const words = { away: 'the API server cannot be asked', denied: 'no permission' } as const;
  const line = `follows ${printable(server)}: ${plural(count, 'object')}, ${brokenObjects(findings).length} broken${synced ? '' : '; not all of it is known yet'}\n`;
  return [line, ...troubles.map(({ kind, state, error = '' }) => `  ${kind}: ${words[state as 'away' | 'denied']}: ${printable(error)}\n`)].join('');
}
