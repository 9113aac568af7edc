/** The parts of a JSON Schema (draft 7) that schemas/ uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

type Structural = Readonly<Record<string, unknown>>;

/** Keywords that mean the same in both. */
const same = ['minimum', 'maximum', 'minItems', 'pattern'];
/** Keywords that are dealt with here, or that say nothing about values. */
const known = new Set([...same, '$schema', '$ref', 'title', 'examples', 'type', 'description', 'default', 'const', 'enum', 'required', 'properties', 'additionalProperties', 'items']);
/** What the API server itself knows of every object. */
const ofEveryObject = new Set(['apiVersion', 'kind', 'metadata']);
const preserved = { 'x-kubernetes-preserve-unknown-fields': true };

/**
 * A whole object's schema as a CustomResourceDefinition takes it (apiextensions.k8s.io/v1, "structural"): every value has one type,
 * nothing is referred to, and unknown fields are the API server's to prune or refuse. Where JSON Schema says more than can be said
 * there (a field that is an object or a list), the result says less, never something else. Throws for a keyword that it doesn't know.
 */
export function structuralSchema(schema: JsonSchema, file: string): Structural {
  const { properties = {}, required = [], description } = schema;
  const own = Object.entries(properties).filter(([name]) => !ofEveryObject.has(name));
  const needed = required.filter((name) => !ofEveryObject.has(name));
  return {
    description,
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...Object.fromEntries(own.map(([name, field]) => [name, valueSchema(field, `${file}: ${name}`)])),
    },
    ...(needed.length > 0 && { required: needed }),
  };
}

function valueSchema(schema: JsonSchema, at: string): Structural {
  const unknown = Object.keys(schema).find((keyword) => !known.has(keyword));
  if (unknown !== undefined || schema.$ref !== undefined) {
    throw new Error(`${at}: the keyword ${unknown ?? '$ref'} has no translation here into a CustomResourceDefinition's schema`);
  }
  const { properties, additionalProperties, items, required } = schema;
  const { type, ...form } = typeOf(schema, at);
  return {
    ...(description(schema) !== '' && { description: description(schema) }),
    ...(type !== undefined && { type }),
    ...form,
    ...Object.fromEntries(same.filter((keyword) => keyword in schema).map((keyword) => [keyword, schema[keyword]])),
    ...(type === 'object' && objectParts(properties, additionalProperties, at)),
    ...(type === 'object' && required && { required }),
    ...(type === 'array' && items && { items: valueSchema(items, `${at}[]`) }),
  };
}

function objectParts(properties: JsonSchema['properties'], additional: JsonSchema['additionalProperties'], at: string): Structural {
  if (properties !== undefined) {
    return { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valueSchema(field, `${at}.${name}`)])) };
  }
  return typeof additional === 'object' ? { additionalProperties: valueSchema(additional, `${at}.*`) } : preserved;
}

function typeOf({ type, const: constant, enum: values }: JsonSchema, at: string): Structural & { readonly type?: string } {
  const allowed = values ?? (constant === undefined ? undefined : [constant]);
  if (allowed !== undefined) {
    if (allowed.some((value) => typeof value !== 'string')) {
      throw new Error(`${at}: an enum of anything but strings has no translation here`);
    }
    return { type: 'string', enum: allowed };
  }
  const types = [type ?? []].flat().filter((name) => name !== 'null');
  const nullable = [type ?? []].flat().includes('null') && { nullable: true };
  const [only] = types;
  if (types.length === 1 && only !== undefined) {
    return { type: only, ...nullable };
  }
  if (types.every((name) => ['integer', 'string'].includes(name)) && types.length > 0) {
    return { 'x-kubernetes-int-or-string': true, ...nullable };
  }
  // Any value is let through: what it must be says the validating webhook.
  return { ...preserved, ...nullable };
}

/** With the default in words: one that the API server fills in would be frozen in every stored object. */
function description(schema: JsonSchema): string {
  const preset = schema.default === undefined || schema.default === '' ? '' : `Default ${JSON.stringify(schema.default)}.`;
  return [schema.description ?? '', preset].filter((part) => part !== '').join(' ');
}
