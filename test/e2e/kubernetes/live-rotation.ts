import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { names } from '../../../webhook/names.ts';
import { root } from '../../cli/run-smic.ts';
import type { MeshCluster } from './mesh-cluster.ts';

/** `smic ca rotate --live`, as far as it has come. */
export interface LiveRotation {
  /** What it has written so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** The mesh's CA as a folder, from its Secret, as whoever installed it may read it. */
export async function caFolderOf({ cluster, folder }: MeshCluster): Promise<string> {
  const path = join(folder, 'ca');
  mkdirSync(path, { mode: 0o700 });
  const { data } = await cluster.client.get({ apiVersion: 'v1', kind: 'Secret', namespace: names.namespace, name: names.meshAuthority });
  for (const [file, content] of Object.entries(data as Readonly<Record<string, string>>)) {
    writeFileSync(join(path, file), Buffer.from(content, 'base64'), { mode: 0o600 });
  }
  return path;
}

/** Starts it on the node, saying yes to all. */
export function startLiveRotation({ netns, cluster }: MeshCluster, caFolder: string): LiveRotation {
  const child = spawn('ip', ['netns', 'exec', netns, process.execPath, join(root, 'dist', 'bin', 'smic.js'), 'ca', 'rotate', caFolder, '--live', '--yes', '--kubeconfig', cluster.kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    output: () => output,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
