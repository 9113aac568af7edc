/** One violation of a schema, as ajv's generated code tells it. */
export interface Violation {
  /** JSON pointer to the offending value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator generated from a schema of `schemas/`. After it says no, `errors` holds what is wrong, until the next call. */
export interface Validator<Written> {
  (value: unknown): value is Written;
  readonly errors?: readonly Violation[] | null;
}

/** The fields that a schema knows, level by level; lists are seen through. */
export interface FieldTree {
  readonly [name: string]: FieldTree;
}
