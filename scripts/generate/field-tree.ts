import type { FieldTree } from '../../compiler/resources/validator.ts';

/** The parts of a JSON Schema that this folder looks at. */
export interface Schema {
  readonly title?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** What fields a schema knows, level by level, so that a diagnostic can propose one. Undefined: none. */
export function fieldTree(schema: Schema, schemas: ReadonlyMap<string, Schema>): FieldTree | undefined {
  if (schema.$ref !== undefined) {
    const target = schemas.get(schema.$ref);
    if (target === undefined) {
      throw new Error(`there is no schema ${schema.$ref}`);
    }
    return fieldTree(target, schemas);
  }
  if (schema.items) {
    return fieldTree(schema.items, schemas);
  }
  if (schema.properties) {
    const entries = Object.entries(schema.properties).map(([name, field]) => [name, fieldTree(field, schemas) ?? {}] as const);
    return Object.fromEntries(entries);
  }
  return undefined;
}
