/*
 * A compiler that stays: for a server that is told of objects as they change.
 *
 *   const compiler = createCompiler({ complete: true });
 *   compiler.set(object);                  // parsed JSON, as a watch or a list gives it: added or replaced
 *   compiler.delete(object);               // only apiVersion, kind and metadata are looked at
 *   const { artifact, findings, diagnostics } = compiler.compile();
 *
 * `compile()` gives what `compile` of compiler/index.ts would give for the same objects, byte for byte, but builds only
 * what the changes since the last time touch. What stayed is the same object (`===`) as in the artifact before: resources,
 * proxy classes, and their lists of resources. `artifactLoader` makes a LoadedArtifact of it, for serving, under the same
 * promise.
 *
 * With `isolate` an object with an error doesn't stop the others: it is denied in its place (DESIGN.md, "Broken objects in
 * a cluster"), and `findings` names it. `artifact` is undefined only where there is no MeshConfig to go by: the one in the
 * cluster is broken, and this compiler has never seen a good one.
 */
import { compileObjects, type CompileResult } from './compile-objects.ts';
import type { Diagnostic, ObjectReference } from './diagnostics/diagnostic.ts';
import type { Code } from './diagnostics/generated/catalog.ts';
import { noText, type RawObject } from './load/document.ts';
import { createMemory } from './memory.ts';
import { type CompilerOptions, defaultOptions } from './options.ts';
import { compareText, groupBy } from './order.ts';

/** An object of a cluster, as its API server gives it. It must not change once a compiler has it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined; readonly uid?: string | undefined };
}

/** What was found about one object. */
export interface ObjectFindings {
  /** `uid` where the object has one. */
  readonly object: ObjectReference & { readonly uid?: string };
  /** It holds an error: all or a part of it is denied. */
  readonly isolated: boolean;
  /** Not empty; in the order of all diagnostics. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompilerResult extends CompileResult {
  /** By object, sorted by kind, namespace and name. Findings about no object are in `diagnostics` only. */
  readonly findings: readonly ObjectFindings[];
}

export interface Compiler {
  /** Adds an object, or replaces the one of its API group, kind, namespace and name. Throws a TypeError where it lacks one of these. */
  set(object: KubernetesObject): void;
  /** Removes the object of this API group, kind, namespace and name, if there is one. */
  delete(object: KubernetesObject): void;
  /** Compiles the objects that there are now. It throws only for faults of smic's own, and can be called again then. */
  compile(): CompilerResult;
}

/** A compiler without objects. Input without any is accepted unless `allowEmpty` says otherwise. */
export function createCompiler(options: Partial<CompilerOptions> = {}): Compiler {
  const settings: CompilerOptions = { ...defaultOptions, allowEmpty: true, isolate: true, ...options };
  const objects = new Map<string, RawObject>();
  const groups = new Map<string, MutableGroup>();
  const memory = createMemory();
  const groupOf = ({ apiVersion, kind }: RawObject): MutableGroup => {
    const key = `${apiVersion} ${kind}`;
    const group = groups.get(key) ?? { own: new Map(), list: undefined };
    groups.set(key, group);
    group.list = undefined;
    return group;
  };
  const remove = (key: string): void => {
    const known = objects.get(key);
    if (known) groupOf(known).own.delete(key);
    objects.delete(key);
  };
  return {
    set(object) {
      const key = keyOf(object);
      const { apiVersion, kind } = object;
      const known = objects.get(key);
      const value = object as object as RawObject['value'];
      if (known?.value === value) return;
      // In another version it is in another group.
      if (known && known.apiVersion !== apiVersion) remove(key);
      const raw: RawObject = { origin: noText, apiVersion, kind, value, key };
      objects.set(key, raw);
      groupOf(raw).own.set(key, raw);
    },
    delete(object) {
      remove(keyOf(object));
    },
    compile() {
      for (const [key, { own }] of groups) if (own.size === 0) groups.delete(key);
      const raw = [...groups].map(([key, group]) => ({ key, objects: (group.list ??= [...group.own.values()]) }));
      memory.begin();
      const result = compileObjects(raw, settings, memory, () => {});
      memory.end();
      return { ...result, findings: byObject(result.diagnostics, objects) };
    },
  };
}

/** The objects of one kind and version. `list`: what was made of them for the last compilation; undefined after a change. */
interface MutableGroup {
  readonly own: Map<string, RawObject>;
  list: readonly RawObject[] | undefined;
}

/** Errors that several objects have together: these are the related ones. */
const shared: ReadonlySet<Code> = new Set(['SMIC4014', 'SMIC6050']);

function byObject(diagnostics: readonly Diagnostic[], objects: ReadonlyMap<string, RawObject>): readonly ObjectFindings[] {
  const about = diagnostics.flatMap((diagnostic) => {
    const others = shared.has(diagnostic.code) ? diagnostic.related.map((related) => related.object) : [];
    return [diagnostic.object, ...others].flatMap((object) => (object ? [{ object, key: keyOf({ ...object, metadata: object }), diagnostic }] : []));
  });
  return [...groupBy(about, ({ key }) => key)]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([key, [first, ...others]]) => {
      if (!first) return [];
      const { uid } = (objects.get(key)?.value['metadata'] ?? {}) as { readonly uid?: unknown };
      const own = [first, ...others].map(({ diagnostic }) => diagnostic);
      return [{ object: { ...first.object, ...(typeof uid === 'string' && { uid }) }, isolated: own.some(({ level }) => level === 'error'), diagnostics: own }];
    });
}

/** `<kind>/<namespace>/<name> <group>`: versions of one object are one. */
function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const { name, namespace } = metadata ?? {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string' || name === '') {
    throw new TypeError('an object of a cluster has apiVersion, kind and metadata.name');
  }
  return `${kind}/${namespace ?? ''}/${name} ${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))}`;
}
