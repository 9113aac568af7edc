/** An object as the API server sends it: plain JSON, times as text. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** What is read of an object's metadata. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

/** An object to create or apply: what the server fills in may be missing. */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A kind, as objects name it: `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Where an object is. `namespace` is left out for kinds that have none. */
export interface ObjectReference extends KindName {
  readonly namespace?: string;
  readonly name: string;
}
