import type { Cluster } from '../start-cluster.ts';

/** A token of an account that may do all. Its client hears what the API server warns of. */
export async function testerToken({ client, serviceAccountToken }: Cluster): Promise<string> {
  const subject = { kind: 'ServiceAccount', namespace: 'default', name: 'tester' };
  await client.create({ apiVersion: 'v1', kind: subject.kind, metadata: { name: subject.name, namespace: subject.namespace } });
  await client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: subject.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [subject],
  });
  return serviceAccountToken(subject.namespace, subject.name);
}
