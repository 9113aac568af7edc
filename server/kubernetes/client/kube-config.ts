import { access } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeConfigError } from './api-error.ts';
import type { ClusterAccess, Credentials } from './cluster-access.ts';
import { readKubeConfig } from './read-kube-config.ts';

/** What kubectl's flags of the same names say. */
export interface KubeConfigOptions {
  /** Path of a kubeconfig. Default: $KUBECONFIG (several, the first that names a thing wins), else ~/.kube/config, else the pod's service account. */
  readonly kubeconfig?: string;
  /** Name of a context. Default: the kubeconfig's current one. */
  readonly context?: string;
}

/** The mount of a pod's service account. */
const inClusterToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Finds the cluster as kubectl does. The only place that knows @kubernetes/client-node (a second to load: to be imported only where a
 * cluster is asked for): of it, only how kubeconfigs are read and
 * credentials are made (tokens in files, exec plugins, OIDC) is used. Throws a KubeConfigError.
 */
export async function loadClusterAccess(options: KubeConfigOptions = {}): Promise<ClusterAccess> {
  let config = await load(options);
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new KubeConfigError(`the context "${config.getCurrentContext()}" names a cluster that isn't in the kubeconfig`);
  }
  if (!URL.canParse(cluster.server)) {
    throw new KubeConfigError(`the kubeconfig's server "${cluster.server}" is not an address`);
  }
  const inCluster = config.getCurrentContext() === 'inClusterContext';
  return {
    server: cluster.server.replace(/\/+$/, ''),
    context: inCluster ? undefined : config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default',
    credentials: () => credentialsOf(config),
    async refresh() {
      config = await load(options);
    },
  };
}

async function load({ kubeconfig, context }: KubeConfigOptions): Promise<KubeConfig> {
  const config = new KubeConfig();
  const files = await filesOf(kubeconfig);
  if (files.length === 0) {
    config.loadFromCluster();
    return config;
  }
  for (const file of files) {
    const one = new KubeConfig();
    try {
      one.loadFromString(await readKubeConfig(file));
    } catch (error) {
      throw new KubeConfigError(`the kubeconfig ${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, error);
    }
    one.makePathsAbsolute(dirname(resolve(file)));
    config.clusters = [...config.clusters, ...one.clusters.filter(({ name }) => !config.getCluster(name))];
    config.users = [...config.users, ...one.users.filter(({ name }) => !config.getUser(name))];
    config.contexts = [...config.contexts, ...one.contexts.filter(({ name }) => !config.getContextObject(name))];
    config.currentContext ||= one.currentContext;
  }
  if (context !== undefined) {
    config.setCurrentContext(context);
  }
  if (!config.getContextObject(config.getCurrentContext() ?? '')) {
    const known = config.contexts.map(({ name }) => name).sort();
    throw new KubeConfigError(
      config.getCurrentContext() ? `the kubeconfig has no context "${config.getCurrentContext()}"; it has: ${known.join(', ') || 'none'}` : `the kubeconfig has no current context; it has: ${known.join(', ') || 'none'}`,
    );
  }
  // `kubectl proxy`: no TLS, and it never leaves this machine.
  config.clusters = config.clusters.map((cluster) => (/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(cluster.server) ? { ...cluster, skipTLSVerify: true } : cluster));
  return config;
}

/** The kubeconfigs to read; none inside a cluster. */
async function filesOf(kubeconfig: string | undefined): Promise<readonly string[]> {
  if (kubeconfig !== undefined) {
    return [kubeconfig];
  }
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = named.length > 0 ? named : [join(homedir(), '.kube', 'config')];
  const present: string[] = [];
  for (const file of files) {
    if (await exists(file)) {
      present.push(file);
    }
  }
  if (present.length > 0) {
    return present;
  }
  if (named.length === 0 && process.env['KUBERNETES_SERVICE_HOST'] && (await exists(inClusterToken))) {
    return [];
  }
  throw new KubeConfigError(`there is no kubeconfig: ${files.join(' and ')} ${files.length === 1 ? "doesn't" : "don't"} exist`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const words = error instanceof Error ? error.message.trim() : String(error);
    throw new KubeConfigError(`the kubeconfig's credentials can't be used: ${words}`, error);
  }
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const headers = Object.entries((options.headers ?? {}) as Readonly<Record<string, string>>).map(([name, value]) => [name, String(value).trim()] as const);
  return {
    headers: Object.fromEntries([...(auth ? [['Authorization', `Basic ${Buffer.from(auth).toString('base64')}`] as const] : []), ...headers]),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
    ...(config.getCurrentCluster()?.proxyUrl !== undefined && typeof options.agent === 'object' && { agent: options.agent }),
  };
}
