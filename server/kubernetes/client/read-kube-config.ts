import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { parse } from 'yaml';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A kubeconfig as text for client-node, with what it doesn't know of itself: `tokenFile` (read again each minute), exec plugins by a
 * path relative to the kubeconfig, and KUBERNETES_EXEC_INFO for them. Throws what is wrong with the file.
 */
export async function readKubeConfig(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  const config: unknown = parse(await readFile(file, 'utf8'));
  if (!isFields(config)) {
    throw new Error('it holds no configuration');
  }
  for (const list of ['clusters', 'contexts', 'users']) {
    if (config[list] !== undefined && config[list] !== null && !Array.isArray(config[list])) {
      throw new Error(`${list} is not a list`);
    }
  }
  const users = ((config['users'] ?? []) as readonly unknown[]).map((entry) => (isFields(entry) && isFields(entry['user']) ? { ...entry, user: completed(entry['user'], folder) } : entry));
  return JSON.stringify({ ...config, clusters: config['clusters'] ?? [], contexts: config['contexts'] ?? [], users });
}

function completed(user: Fields, folder: string): Fields {
  const { tokenFile, exec } = user;
  return {
    ...user,
    ...(typeof tokenFile === 'string' && user['token'] === undefined && { 'auth-provider': { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } } }),
    ...(isFields(exec) && typeof exec['command'] === 'string' && { exec: withInfo(exec, exec['command'], folder) }),
  };
}

/** The protocol of plugins: a path with a slash starts at the kubeconfig, and a variable says which version is spoken. */
function withInfo(exec: Fields, command: string, folder: string): Fields {
  const info = { apiVersion: exec['apiVersion'] ?? 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } };
  return {
    ...exec,
    command: command.includes(sep) ? resolve(folder, command) : command,
    env: [...(Array.isArray(exec['env']) ? exec['env'] : []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
