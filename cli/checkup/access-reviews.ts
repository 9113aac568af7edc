import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';

/** Something that may be allowed. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** How many questions are asked at once. */
const width = 16;

/** Which of these the API server allows not: to whoever asks, or where one is given to this user. Undefined: it may not be asked. */
export async function deniedOf(client: KubeClient, accesses: readonly Access[], user?: string): Promise<readonly Access[] | undefined> {
  const denied: Access[] = [];
  try {
    for (let at = 0; at < accesses.length; at += width) {
      const some = accesses.slice(at, at + width);
      const answers = await Promise.all(some.map((access) => isAllowed(client, access, user)));
      denied.push(...some.filter((_, index) => answers[index] === false));
    }
    return denied;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}

async function isAllowed(client: KubeClient, { verb, group, resource, namespace }: Access, user: string | undefined): Promise<boolean> {
  const resourceAttributes = { verb, group, resource, ...(namespace !== undefined && { namespace }) };
  const kind = user === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
  const review = { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec: { resourceAttributes, ...(user !== undefined && { user }) } };
  const { status } = await client.create(review);
  return (status as { readonly allowed?: boolean } | undefined)?.allowed === true;
}

/** `list pods`, `create deployments.apps in smic-system` */
export function accessWords({ verb, group, resource, namespace }: Access): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
