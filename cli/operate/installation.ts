import { defaultOptions } from '../../compiler/options.ts';
import { isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject, ObjectReference } from '../../server/kubernetes/client/kube-object.ts';
import { names } from '../../webhook/names.ts';

/** By which names the mesh goes that an installation serves. */
export interface Installation {
  readonly meshName: string;
  readonly meshNamespace: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  /** Image of the server. */
  readonly image: string;
}

interface DeploymentSpec {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image?: string; readonly args?: readonly string[] }[] } };
}

/** What the installation in a namespace was told, from its server's command line; undefined where there is none. */
export async function installationIn(client: KubeClient, namespace: string): Promise<Installation | undefined> {
  const deployment = await present(client, { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: names.server });
  if (deployment === undefined) {
    return undefined;
  }
  const [{ args = [], image = '' } = {}] = (deployment['spec'] as DeploymentSpec).template.spec.containers;
  const told = (option: string): string | undefined => args.find((argument) => argument.startsWith(`--${option}=`))?.slice(option.length + 3);
  return {
    meshName: told('mesh-name') ?? defaultOptions.meshName,
    meshNamespace: told('mesh-namespace') ?? namespace,
    trustDomain: told('trust-domain') ?? defaultOptions.trustDomain,
    clusterDomain: told('cluster-domain') ?? defaultOptions.clusterDomain,
    image,
  };
}

/** The mesh that is meant where there is no installation: OSM's defaults. */
export function assumedInstallation(namespace: string): Installation {
  return { ...defaultOptions, meshNamespace: namespace, image: '' };
}

/** An object as it is in the cluster; undefined where it, its namespace or its kind isn't there. */
export async function present(client: KubeClient, reference: ObjectReference): Promise<KubeObject | undefined> {
  try {
    return await client.get(reference);
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
