import type { Artifact } from './artifact/artifact.ts';
import { inputDigests } from './artifact/input-digests.ts';
import { runChecks } from './checks/run-checks.ts';
import { createCollector } from './diagnostics/collector.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { distinct } from './diagnostics/distinct.ts';
import { sortDiagnostics } from './diagnostics/sort.ts';
import { buildArtifact } from './envoy/build-artifact.ts';
import { checkArtifact } from './envoy/closure/check-artifact.ts';
import type { SourceFile } from './load/document.ts';
import { load } from './load/load.ts';
import { rawObjects } from './load/raw-objects.ts';
import { buildMesh } from './mesh/build-mesh.ts';
import { outboundCatalog } from './mesh/outbound.ts';
import { type CompileOptions, defaultOptions } from './options.ts';
import { checkEmpty } from './resources/check-empty.ts';
import { countObjects } from './resources/count-objects.ts';
import { readObjects } from './resources/read-objects.ts';

export type { Artifact, Hole, ProxyClass, Resource, ResourceType, SharedSet, SourceEntry } from './artifact/artifact.ts';
export { artifactFiles } from './artifact/layout.ts';
export { encodeBundle } from './artifact/bundle.ts';
export type { Diagnostic, Level, ObjectReference, Place, Related } from './diagnostics/diagnostic.ts';
export type { SourceFile } from './load/document.ts';
export type { CompileOptions } from './options.ts';

/** What `compile` gives. `artifact` is absent where `diagnostics` holds an error. */
export interface CompileResult {
  /** Sorted by file, line, column and code. */
  readonly diagnostics: readonly Diagnostic[];
  readonly artifact: Artifact | undefined;
  /** How many objects of which kind were read, and of which were skipped, by `apiVersion kind`. */
  readonly objects: { readonly read: Readonly<Record<string, number>>; readonly skipped: Readonly<Record<string, number>> };
}

/** Called as each stage ends: for timing and progress. The compiler itself has no clock. */
export type StageListener = (stage: 'load' | 'resources' | 'mesh' | 'envoy' | 'artifact') => void;

/**
 * Compiles SMI policy and a cluster's objects into Envoy configuration. Pure: no clock, no files, no network; the same
 * input gives the same artifact, whatever the order of files, documents, keys and list items without meaning.
 * @param files YAML or JSON texts, policies and cluster objects in any mixture
 * @param options what the input doesn't say; see `CompileOptions` for the defaults
 * @returns every finding, and the artifact where none of them is an error; it throws only for faults of its own
 */
export function compile(
  files: readonly SourceFile[],
  options: Partial<CompileOptions> = {},
  onStage: StageListener = () => {},
): CompileResult {
  const settings: CompileOptions = { ...defaultOptions, ...options };
  const collector = createCollector();

  const documents = load(files, collector);
  onStage('load');
  const objects = readObjects(rawObjects(documents, collector), collector, settings);
  checkEmpty(objects, settings, collector);
  onStage('resources');
  const mesh = buildMesh(objects, settings, collector);
  const outbound = outboundCatalog(mesh);
  runChecks(mesh, outbound, objects, settings, collector);
  onStage('mesh');
  const failed = collector.diagnostics.some(({ level }) => level === 'error');
  const built = failed ? undefined : buildArtifact(mesh, outbound);
  if (built) checkArtifact(built, collector);
  onStage('envoy');
  const broken = collector.diagnostics.some(({ level }) => level === 'error');
  const artifact = built && !broken ? { ...built, inputs: inputDigests(objects) } : undefined;
  onStage('artifact');

  return {
    diagnostics: distinct(sortDiagnostics(collector.diagnostics)),
    artifact,
    objects: { read: countObjects(objects), skipped: objects.skipped },
  };
}
