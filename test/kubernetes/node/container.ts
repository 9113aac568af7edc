import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder or file of the machine that is seen at another place. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a container runtime is told. */
export interface ContainerSpec {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly user: number;
  readonly group: number;
  readonly supplementaryGroups: readonly number[];
  /** All that it can have, as `net_admin`. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly readOnlyRoot: boolean;
}

/** What runtimes leave to a container that says nothing. */
const defaultCapabilities = ['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'net_raw', 'sys_chroot', 'mknod', 'audit_write', 'setfcap'];

/** What a container may have that asks for these changes. */
export function capabilities(add: readonly string[] = [], drop: readonly string[] = []): readonly string[] {
  const names = (list: readonly string[]): readonly string[] => list.map((name) => name.toLowerCase().replace(/^cap_/, ''));
  const kept = names(drop).includes('all') ? [] : defaultCapabilities.filter((name) => !names(drop).includes(name));
  return [...new Set([...kept, ...names(add)])].sort();
}

/** Stands in the command line of a container's first process until that runs the container's command. */
export const preparing = 'preparing-a-container';

/*
 * The machine's own files, seen through a layer that takes what is written and goes with the container; in it the mounts.
 * Two scripts. Arguments: an empty folder, whether the root can't be written, how many mounts; their sources; a target and `ro` or `rw`
 * of each; the command. Targets are made behind chroot: links on the way to them, as /var/run, would lead to the machine's own files.
 */
const inside = `
read_only=$1 mounts=$2 number=0
shift 2
while [ "$number" -lt "$mounts" ]
do
  if [ -d "/.mounts/$number" ]; then mkdir -p "$1"; else mkdir -p "\${1%/*}"; touch "$1"; fi
  mount --bind "/.mounts/$number" "$1"
  [ "$2" = rw ] || mount -o remount,bind,ro "$1"
  shift 2
  number=$((number + 1))
done
[ "$read_only" = no ] || mount -o remount,bind,ro /
exec "$@"
`;

const outside = `
base=$1 read_only=$2 mounts=$3 number=0
shift 3
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
cd "$base/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mkdir -m 700 .mounts
while [ "$number" -lt "$mounts" ]
do
  if [ -d "$1" ]; then mkdir ".mounts/$number"; else touch ".mounts/$number"; fi
  mount --bind "$1" ".mounts/$number"
  shift
  number=$((number + 1))
done
exec chroot . /bin/sh -ec '${inside}' ${preparing} "$read_only" "$mounts" "$@"
`;

/** The command that runs it in the network namespace where it is started, with the processes and mounts of its own. Its own environment is all it gets, besides Node's channel. */
export function containerCommand(spec: ContainerSpec, emptyFolder: string): readonly string[] {
  const { command, mounts, user, group, supplementaryGroups, environment } = spec;
  return [
    'unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', '--',
    '/bin/sh', '-ec', outside, preparing, emptyFolder, spec.readOnlyRoot ? 'yes' : 'no', String(mounts.length),
    ...mounts.map(({ source }) => source),
    ...mounts.flatMap(({ target, readOnly }) => [target, readOnly ? 'ro' : 'rw']),
    // Ambient capabilities are left out, as runtimes do: a user other than root has none.
    'setpriv', `--bounding-set=-all${spec.capabilities.map((name) => `,+${name}`).join('')}`, '--inh-caps=-all', `--reuid=${user}`, `--regid=${group}`,
    supplementaryGroups.length === 0 ? '--clear-groups' : `--groups=${supplementaryGroups.join(',')}`,
    ...(spec.noNewPrivileges ? ['--no-new-privs'] : []),
    '--', '/usr/bin/env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...command,
  ];
}

/** The container's first process, as the machine numbers it. @param pid of the process that containerCommand's program runs in */
export function firstProcess(pid: number): number | undefined {
  try {
    const [child] = readFileSync(join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8').split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    return undefined;
  }
}

/** The command that runs another one in a container that runs, as its user. */
export function execCommand(pid: number, { command, user, group, environment }: Pick<ContainerSpec, 'command' | 'user' | 'group' | 'environment'>): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return ['nsenter', `--target=${pid}`, '--mount', '--net', '--pid', '--root', '--', 'setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', '--', '/usr/bin/env', '-i', ...variables, ...command];
}
