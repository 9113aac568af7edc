import type { Artifact } from './artifact/artifact.ts';
import { inputDigests } from './artifact/input-digests.ts';
import { runChecks } from './checks/run-checks.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { distinct } from './diagnostics/distinct.ts';
import { sortDiagnostics } from './diagnostics/sort.ts';
import { buildArtifact } from './envoy/build-artifact.ts';
import { checkArtifact } from './envoy/closure/check-artifact.ts';
import { withLastGood } from './envoy/closure/last-good.ts';
import type { RawGroup } from './load/document.ts';
import { buildMesh } from './mesh/build-mesh.ts';
import { outboundCatalog } from './mesh/outbound.ts';
import type { Memory } from './memory.ts';
import type { CompilerOptions } from './options.ts';
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

/**
 * From objects to the artifact, a line a stage. Where broken objects are isolated, there is one in spite of errors.
 * @param memory has what was found before, and remembers what was made: what the objects' changes don't touch isn't made again
 */
export function compileObjects(
  groups: readonly RawGroup[],
  options: CompilerOptions,
  memory: Memory,
  onStage: StageListener,
): CompileResult {
  const objects = memory.part('resources', (parts) => readObjects(groups, parts, options));
  checkEmpty(objects, options, memory);
  onStage('resources');
  const mesh = memory.part('mesh', (parts) => buildMesh(objects, options, parts));
  const outbound = memory.part('outbound', (parts) => outboundCatalog(mesh, parts));
  memory.part('checks', (parts) => runChecks(mesh, outbound, objects, parts));
  onStage('mesh');
  const built = isSound(memory, options) && mesh.settings.known ? memory.part('envoy', (parts) => buildArtifact(mesh, outbound, parts)) : undefined;
  const held = built && memory.part('closure', (parts) => holdTogether(built, options, parts));
  onStage('envoy');
  const artifact = held && isSound(memory, options) ? { ...held, inputs: memory.part('inputs', (parts) => inputDigests(objects, parts)) } : undefined;
  onStage('artifact');

  return {
    diagnostics: distinct(sortDiagnostics(memory.diagnostics)),
    artifact,
    objects: memory.keep('counts', [objects], () => ({ read: countObjects(objects), skipped: objects.skipped })),
  };
}

function isSound({ diagnostics }: Memory, { isolate }: CompilerOptions): boolean {
  return isolate || !diagnostics.some(({ level }) => level === 'error');
}

/** The artifact after the closure check; where broken parts are isolated, with the last good configuration of classes that don't pass. */
function holdTogether(built: Omit<Artifact, 'inputs'>, { isolate }: CompilerOptions, memory: Memory): Omit<Artifact, 'inputs'> {
  const faulty = memory.part('check', (parts) => checkArtifact(built, parts));
  return isolate ? memory.part('last good', (parts) => withLastGood(built, faulty, parts)) : built;
}
