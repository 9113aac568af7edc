import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const programs: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  'ip6tables-restore': 'iptables',
  setpriv: 'util-linux',
};

/** What a mesh on this machine lacks, in words; empty: nothing. */
export function missingRequirements(): readonly string[] {
  if (process.platform !== 'linux') {
    return ['Linux'];
  }
  const packages = Object.entries(programs).filter(([name]) => !isInPath(name));
  return [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...new Set(packages.map(([name, debian]) => `${name} (Debian package ${debian})`)),
    ...(existsSync('/proc/self/ns/net') ? [] : ['network namespaces']),
  ];
}

function isInPath(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
