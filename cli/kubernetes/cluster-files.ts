import type { SourceFile } from '../../compiler/load/document.ts';
import { readCluster } from '../../server/kubernetes/read-cluster.ts';
import type { ConnectionFlags } from '../program/kube-options.ts';
import type { Output } from '../terminal/terminal.ts';
import { withCluster } from './connect.ts';
import { deniedWords } from './denied-words.ts';
import { objectText } from './object-text.ts';

/** What the cluster has, each object as a file `<cluster>/KIND/NAMESPACE/NAME` that yields to others. Throws a Failure where the cluster can't be read. */
export async function clusterFiles(flags: ConnectionFlags, words: Output): Promise<readonly SourceFile[]> {
  const { objects, denied } = await withCluster(flags, words, (client) => readCluster(client));
  await words.write(deniedWords(denied));
  return objects.map((object) => ({
    name: ['<cluster>', object.kind, object.metadata.namespace, object.metadata.name].filter((part) => part !== undefined).join('/'),
    text: objectText(object),
    yields: true,
  }));
}
