// schemas/*.schema.json of the policy kinds → install/generated/structural-schemas.ts: what a CustomResourceDefinition can say of them.
import { readdirSync, readFileSync } from 'node:fs';
import { type JsonSchema, structuralSchema } from './structural-schema.ts';
import { writeGenerated } from './write-generated.ts';

const suffix = '.schema.json';
const isPolicy = /\.(smi-spec|openservicemesh)\.io\//;

const entries = readdirSync('schemas')
  .filter((file) => file.endsWith(suffix))
  .sort()
  .flatMap((file) => {
    const schema = JSON.parse(readFileSync(`schemas/${file}`, 'utf8')) as JsonSchema;
    const versions = (schema.properties?.['apiVersion']?.enum ?? []) as readonly string[];
    const kind = String(schema.properties?.['kind']?.const);
    return versions.filter((version) => isPolicy.test(version)).map((version) => [`${version} ${kind}`, structuralSchema(schema, file)] as const);
  });

writeGenerated(
  'install/generated/structural-schemas.ts',
  `// Made from schemas/*.schema.json by scripts/generate/structural-schemas.ts.

/** By API version and kind, as \`access.smi-spec.io/v1alpha3 TrafficTarget\`: OpenAPI schemas in the form that Kubernetes calls structural. */
export const structuralSchemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> = ${JSON.stringify(Object.fromEntries(entries), null, 1)};
`,
);
