import { customResources, type CustomResource } from '../../install/custom-resources.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { notEstablished } from '../install/wait-for.ts';
import { present } from '../operate/installation.ts';
import { type Category, failed, ok, type Result, warning } from './result.ts';

interface DefinitionSpec {
  readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
}

/** Whether the cluster knows the kinds of policy, in the versions that smic has. */
export async function checkDefinitions(client: KubeClient): Promise<Category> {
  return { title: 'policy kinds', results: await Promise.all(customResources.map((resource) => definition(client, resource))) };
}

async function definition(client: KubeClient, { group, kind, plural, served }: CustomResource): Promise<Result> {
  const check = `${kind} (${plural}.${group}) is known`;
  const object = await present(client, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${plural}.${group}` });
  if (object === undefined) {
    return failed(check, 'policy-kinds', 'The cluster has no such CustomResourceDefinition: objects of the kind can be neither written nor served.');
  }
  const missing = notEstablished(object);
  if (missing !== undefined) {
    return failed(check, 'policy-kinds', `It is not established: ${missing}.`);
  }
  const own = (object['spec'] as DefinitionSpec).versions.filter((version) => version.served).map(({ name }) => name);
  const lacking = served.filter((version) => !own.includes(version));
  return lacking.length === 0 ? ok(check, `served: ${own.join(', ')}`) : warning(check, 'policy-kinds', `It is not served as ${lacking.join(', ')}, only as ${own.join(', ')}: the definition is another's, or of an older smic.`);
}
