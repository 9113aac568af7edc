import { createCompiler, type KubernetesObject } from '../../compiler/create-compiler.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Code } from '../../compiler/diagnostics/generated/catalog.ts';
import type { CompilerOptions } from '../../compiler/options.ts';
import { policyGroups } from '../../compiler/resources/unread-kinds.ts';
import { objectKey } from './object-key.ts';
import { suppressedCodes } from './suppressed-codes.ts';
import type { AdmissionRequest, AdmittedObject, Verdict } from './review.ts';

/** Judges policy before it is stored, as `smic lint` judges it: with the rest of the mesh around it. */
export interface PolicyCheck {
  /** An object of the cluster that is new or changed. */
  set(object: KubernetesObject): void;
  delete(object: KubernetesObject): void;
  /** Looks at all objects there are, so that the first question needn't wait for it. */
  prepare(): void;
  /** Throws only for faults of smic's own; nothing is changed by it. */
  judge(request: AdmissionRequest): Verdict;
}

/**
 * Errors that say that something else isn't there. They don't refuse an object, but warn: what is missing may come next (files are applied in
 * any order), and neither of two objects that name each other could be changed first. Until it's there, what names it is denied in its place.
 */
const mayComeLater: ReadonlySet<Code> = new Set<Code>(['SMIC3102', 'SMIC3104', 'SMIC3105', 'SMIC4002', 'SMIC4004', 'SMIC4007']);

/** A check that knows of no objects yet. */
export function createPolicyCheck(mesh: Pick<CompilerOptions, 'meshName' | 'meshNamespace' | 'trustDomain' | 'clusterDomain'>): PolicyCheck {
  const compiler = createCompiler({ ...mesh, isolate: false, endpoints: 'hole', checksOnly: true });
  const held = new Map<string, KubernetesObject>();
  let before: readonly Diagnostic[] | undefined;
  const unchanged = (): readonly Diagnostic[] => (before ??= compiler.compile().diagnostics);

  /** What is found with one object as it is given; undefined: without it. Then the cluster is as it was. */
  const findingsWith = (object: KubernetesObject, present: boolean): readonly Diagnostic[] => {
    const known = held.get(objectKey(object));
    if (present) compiler.set(object);
    else compiler.delete(object);
    try {
      return compiler.compile().diagnostics;
    } finally {
      if (known) compiler.set(known);
      else compiler.delete(object);
    }
  };
  return {
    set(object) {
      held.set(objectKey(object), object);
      compiler.set(object);
      before = undefined;
    },
    delete(object) {
      held.delete(objectKey(object));
      compiler.delete(object);
      before = undefined;
    },
    prepare: () => void unchanged(),
    judge(request) {
      const { operation } = request;
      const object = named(request, operation === 'DELETE' ? request.oldObject : request.object);
      const old = named(request, request.oldObject);
      if (object === undefined || (operation === 'UPDATE' && isEnding(object))) {
        return { allowed: true };
      }
      // The watch may be behind or ahead of what is asked about: what counts is the object's own state before.
      const earlier = old === undefined ? unchanged() : findingsWith(old, true);
      const later = findingsWith(object, operation !== 'DELETE');
      const isWanted = (finding: Diagnostic): boolean => {
        const about = isAbout(finding, object) ? object : finding.object && held.get(objectKey({ ...finding.object, metadata: finding.object }));
        return finding.level === 'error' || about === undefined || !suppressedCodes(about as object as AdmittedObject).includes(finding.code);
      };
      // Kubernetes' own kinds belong to others too, who need them whatever the mesh makes of them: they are warned of and never refused.
      const mayRefuse = operation !== 'DELETE' && policyGroups.includes(request.kind.group);
      return verdict(mayRefuse, added(earlier, later).filter(isWanted), later.filter((finding) => operation !== 'DELETE' && isAbout(finding, object) && isWanted(finding)));
    },
  };
}

/** `fresh`: findings that come with the change; `own`: all about the object, also those that it had before. */
function verdict(mayRefuse: boolean, fresh: readonly Diagnostic[], own: readonly Diagnostic[]): Verdict {
  const errors = fresh.filter(({ code, level }) => mayRefuse && level === 'error' && !mayComeLater.has(code));
  const others = [...fresh, ...own].filter((finding) => finding.level !== 'note' && !errors.includes(finding));
  const warnings = [...new Set(others.map(words))];
  return errors.length === 0 ? { allowed: true, warnings } : { allowed: false, refusal: { code: 422, message: errors.map(words).join('\n') }, warnings };
}

/** `SMIC3104: …` as in a report of `smic lint`, in one line. */
function words({ code, message, fix, object }: Diagnostic): string {
  const name = object ? ` (${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name})` : '';
  return `${code}: ${message}${name}${/[.!?]$/.test(message) ? '' : '.'} ${fix}`.replaceAll('\n', ' ').trim();
}

/** Those of `after` that there are not in `before`, each as often as there are more. */
function added(before: readonly Diagnostic[], after: readonly Diagnostic[]): readonly Diagnostic[] {
  const counts = new Map<string, number>();
  for (const finding of before) {
    counts.set(identity(finding), (counts.get(identity(finding)) ?? 0) + 1);
  }
  return after.filter((finding) => {
    const left = counts.get(identity(finding)) ?? 0;
    counts.set(identity(finding), left - 1);
    return left <= 0;
  });
}

function identity({ code, message, object }: Diagnostic): string {
  return JSON.stringify([code, message, object?.kind, object?.namespace, object?.name]);
}

function isAbout({ object }: Diagnostic, { kind, metadata }: KubernetesObject): boolean {
  return object?.kind === kind && object.name === metadata.name && object.namespace === (metadata.namespace ?? '');
}

/** The object with the names that it will have. */
function named({ kind, namespace, name }: AdmissionRequest, object: AdmittedObject | undefined): KubernetesObject | undefined {
  if (object === undefined) return undefined;
  const { apiVersion, kind: own, metadata: given } = object;
  const metadata = (given ?? {}) as { readonly name?: string; readonly namespace?: string; readonly generateName?: string };
  const version = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const complete = {
    ...metadata,
    // Nothing can refer to a name that isn't known yet.
    name: metadata.name ?? (name === '' ? `${metadata.generateName ?? 'new-'}00000` : name),
    ...(namespace !== '' && { namespace: metadata.namespace ?? namespace }),
  };
  return { ...object, apiVersion: typeof apiVersion === 'string' ? apiVersion : version, kind: typeof own === 'string' ? own : kind.kind, metadata: complete };
}

/** Whoever is waited for before an object is deleted must be able to take the finalizer away. */
function isEnding({ metadata }: KubernetesObject): boolean {
  return 'deletionTimestamp' in metadata && metadata.deletionTimestamp !== undefined;
}
