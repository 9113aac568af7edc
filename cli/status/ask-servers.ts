import { Failure } from '../failure.ts';
import { type ServerStatus, type ServerStatuses, silentWords } from '../operate/server-status.ts';
import { localServer, type StatusFlags } from '../program/status-command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { fetchStatus } from './fetch-status.ts';

/** Servers with those of their sidecars that are to be shown. Rejects with a Failure where none answers. */
export type AskServers = () => Promise<ServerStatuses>;

/** Whether the servers in a cluster are meant: any option says so that only makes sense there. */
export function isAboutCluster({ server, live, context, kubeconfig, namespace, allNamespaces, selector }: StatusFlags): boolean {
  return server === undefined && (live === true || allNamespaces === true || [context, kubeconfig, namespace, selector].some((flag) => flag !== undefined));
}

/** Calls `use` with what asks the servers that the flags mean. */
export async function withServers<T>(terminal: Terminal, flags: StatusFlags, use: (ask: AskServers) => Promise<T>): Promise<T> {
  if (!isAboutCluster(flags)) {
    return use(async () => {
      const name = flags.server ?? localServer;
      return { servers: [shownOf({ name, status: await fetchStatus(name) }, flags)], silent: [] };
    });
  }
  // What speaks with clusters is large.
  const [{ withCluster }, { clusterFailure }, { serverStatuses }, { podsWith }] = await Promise.all([import('../kubernetes/connect.ts'), import('../kubernetes/cluster-failure.ts'), import('../operate/server-status.ts'), import('../operate/pods-with.ts')]);
  return withCluster(flags, terminal.err, (client) =>
    use(async () => {
      try {
        const [{ servers, silent }, pods] = await Promise.all([serverStatuses(client, flags.installation), podsWith(client, flags)]);
        if (servers.length === 0) {
          throw noServer(silent, flags.installation);
        }
        return { servers: servers.map((server) => shownOf(server, flags, pods)), silent };
      } catch (error) {
        throw clusterFailure(error);
      }
    }),
  );
}

function noServer(silent: ServerStatuses['silent'], installation: string): Failure {
  if (silent.length === 0) {
    return new Failure(`there is no server in ${installation}`, 'smic check says how the installation is; --installation names another namespace.');
  }
  const advice = `To ask through the API server needs the right to get pods/proxy there. Or: kubectl port-forward -n ${installation} deployment/smic 9091, and smic status without options.`;
  return new Failure(`no server in ${installation} answers`, advice, silent.map(silentWords));
}

function shownOf({ name, status }: ServerStatus, { namespace }: StatusFlags, pods?: ReadonlySet<string>): ServerStatus {
  const proxies = status.proxies.filter(({ node }) => (namespace === undefined || node.startsWith(`${namespace}/`)) && (pods === undefined || pods.has(node)));
  return { name, status: { ...status, proxies } };
}
