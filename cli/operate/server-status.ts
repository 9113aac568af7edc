import type { StatusDocument } from '../../server/admin/status-document.ts';
import { ApiError, ConnectionError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { defaultAdminAddress } from '../../server/serve-options.ts';
import { isStatus } from '../status/fetch-status.ts';

/** A page of a server's admin endpoint, or why there is none. */
export interface ServerPage {
  readonly pod: string;
  readonly text: string | Error;
}

/** Asks each of the installation's servers for a page, by the API server's proxy to pods. */
export async function serverPages(client: KubeClient, namespace: string, path: string): Promise<readonly ServerPage[]> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: 'app.kubernetes.io/name=smic,app.kubernetes.io/component=server' });
  return Promise.all(
    items.map(async ({ metadata: { name } }) => {
      try {
        const proxy = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}:${defaultAdminAddress.port}/proxy${path}`;
        return { pod: name, text: await client.raw({ method: 'GET', path: proxy, timeout: 5_000 }) };
      } catch (error) {
        if (error instanceof ApiError || error instanceof ConnectionError) {
          return { pod: name, text: error };
        }
        throw error;
      }
    }),
  );
}

/** A server of an installation that has answered. */
export interface ServerStatus {
  /** The server's pod. */
  readonly name: string;
  readonly status: StatusDocument;
}

/** One that doesn't answer. */
export interface SilentServer {
  readonly name: string;
  readonly reason: string;
}

export interface ServerStatuses {
  readonly servers: readonly ServerStatus[];
  readonly silent: readonly SilentServer[];
}

/** The `/status` of each of the installation's servers. */
export async function serverStatuses(client: KubeClient, namespace: string): Promise<ServerStatuses> {
  const answers = (await serverPages(client, namespace, '/status')).map(({ pod, text }) => ({ name: pod, status: text instanceof Error ? text : parsed(text) }));
  return {
    servers: answers.flatMap(({ name, status }) => (status instanceof Error ? [] : [{ name, status }])),
    silent: answers.flatMap(({ name, status }) => (status instanceof Error ? [{ name, reason: status.message }] : [])),
  };
}

export function silentWords({ name, reason }: SilentServer): string {
  return `${name}: ${reason}`;
}

function parsed(text: string): StatusDocument | Error {
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : new Error('it answers, but not as smic serve does');
  } catch {
    return new Error('it answers, but not as smic serve does');
  }
}
