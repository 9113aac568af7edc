import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { runScript } from './shell.ts';

/*
 * What a mesh leaves in the machine while it is up: network namespaces whose names begin with its prefix, processes in
 * them, folders in /etc/netns, and one temporary folder.
 */

/** `smic-<pid of the process that made the mesh>-` begins every name. */
const pattern = /^smic-(\d+)-/;

/** Removes all of it when `stop` is called, or when this process ends, however it ends. */
export function startGuard(prefix: string, folder: string): { readonly stop: () => Promise<void> } {
  // Its input closes with this process. It is in a group of its own, so what kills ours doesn't kill it.
  const guard = spawn('/bin/sh', ['-c', `trap '' INT TERM HUP; cat >/dev/null; ${removal(prefix)}; rm -rf "$1"`, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(guard, 'exit');
  return {
    stop: async () => {
      guard.stdin.end();
      await ended;
    },
  };
}

/** Removes meshes whose makers, and their guards, are gone. */
export async function sweep(): Promise<void> {
  const names = ['/run/netns', '/etc/netns'].filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  const prefixes = new Set<string>();
  for (const name of names) {
    const [prefix, pid] = pattern.exec(name) ?? [];
    if (prefix !== undefined && !existsSync(`/proc/${pid}`)) {
      prefixes.add(prefix);
    }
  }
  for (const prefix of prefixes) {
    await runScript(removal(prefix));
  }
}

function removal(prefix: string): string {
  return [
    `for path in /run/netns/${prefix}*`,
    'do [ -e "$path" ] || continue',
    'name=${path##*/}',
    'ip netns pids "$name" | xargs -r kill -9 2>/dev/null || true',
    'ip netns delete "$name" || true',
    'done',
    `rm -rf /etc/netns/${prefix}*`,
  ].join('\n');
}
