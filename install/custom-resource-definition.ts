import { invariant } from '../compiler/diagnostics/invariant.ts';
import type { CustomResource } from './custom-resources.ts';
import { structuralSchemas } from './generated/structural-schemas.ts';
import type { Manifest } from './manifest.ts';

const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The CustomResourceDefinition of a kind, with the schemas of schemas/. */
export function customResourceDefinition(resource: CustomResource, labels: Readonly<Record<string, string>>): Manifest {
  const { group, kind, plural, shortNames } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(shortNames.length > 0 && { shortNames }), categories: ['smic'] },
      conversion: { strategy: 'None' },
      versions: [...resource.served.map((version) => servedVersion(resource, version)), ...resource.unserved.map(unservedVersion)],
    },
  };
}

function servedVersion(resource: CustomResource, name: string): object {
  const schema = structuralSchemas[`${resource.group}/${name} ${resource.kind}`];
  invariant(schema, `no file of schemas/ is for ${resource.kind} ${name}`);
  return { name, served: true, storage: name === resource.served[0], additionalPrinterColumns: [...resource.columns, age], schema: { openAPIV3Schema: schema } };
}

/** What is stored in such a version is read in the one that is stored now; nothing can be written in it. */
function unservedVersion(name: string): object {
  return { name, served: false, storage: false, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } };
}
