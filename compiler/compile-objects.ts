import type { Artifact } from './artifact/artifact.ts';
import { inputDigests } from './artifact/input-digests.ts';
import { runChecks } from './checks/run-checks.ts';
import type { Collector } from './diagnostics/collector.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { distinct } from './diagnostics/distinct.ts';
import { sortDiagnostics } from './diagnostics/sort.ts';
import { buildArtifact } from './envoy/build-artifact.ts';
import { checkArtifact } from './envoy/closure/check-artifact.ts';
import type { RawObject } from './load/document.ts';
import { buildMesh } from './mesh/build-mesh.ts';
import { outboundCatalog } from './mesh/outbound.ts';
import type { CompileOptions } from './options.ts';
import { checkEmpty } from './resources/check-empty.ts';
import { countObjects } from './resources/count-objects.ts';
import { readObjects } from './resources/read-objects.ts';

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

/** From objects to the artifact, a line a stage. `collector` has what was found before. */
export function compileObjects(
  raw: readonly RawObject[],
  settings: CompileOptions,
  collector: Collector,
  onStage: StageListener,
): CompileResult {
  const objects = readObjects(raw, collector, settings);
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
