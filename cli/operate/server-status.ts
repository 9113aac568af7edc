import type { StatusDocument } from '../../server/admin/status-document.ts';
import { ApiError, ConnectionError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { defaultAdminAddress } from '../../server/serve-options.ts';

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

/** The `/status` of each server that answers, and a line for each that doesn't. */
export async function serverStatuses(client: KubeClient, namespace: string): Promise<{ readonly statuses: readonly StatusDocument[]; readonly silent: readonly string[] }> {
  const pages = await serverPages(client, namespace, '/status');
  return {
    statuses: pages.flatMap(({ text }) => (text instanceof Error ? [] : [JSON.parse(text) as StatusDocument])),
    silent: pages.flatMap(({ pod, text }) => (text instanceof Error ? [`${pod}: ${text.message}`] : [])),
  };
}
