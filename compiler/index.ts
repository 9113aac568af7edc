import { compileObjects, type CompileResult, type StageListener } from './compile-objects.ts';
import type { SourceFile } from './load/document.ts';
import { load } from './load/load.ts';
import { rawObjects } from './load/raw-objects.ts';
import { createMemory } from './memory.ts';
import { type CompileOptions, type CompilerOptions, defaultOptions } from './options.ts';

export type { Artifact, Hole, ProxyClass, Resource, ResourceType, SharedSet, SourceEntry } from './artifact/artifact.ts';
export { artifactFiles } from './artifact/layout.ts';
export { encodeBundle } from './artifact/bundle.ts';
export type { CompileResult, StageListener } from './compile-objects.ts';
export { type Compiler, type CompilerResult, createCompiler, type KubernetesObject, type ObjectFindings } from './create-compiler.ts';
export type { Diagnostic, Level, ObjectReference, Place, Related } from './diagnostics/diagnostic.ts';
export type { SourceFile } from './load/document.ts';
export type { CompileOptions, CompilerOptions } from './options.ts';

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
  const settings: CompilerOptions = { ...defaultOptions, ...options, isolate: false };
  const memory = createMemory();
  const documents = load(files, memory);
  const objects = rawObjects(documents, memory);
  onStage('load');
  return compileObjects([{ key: 'all', objects }], settings, memory, onStage);
}
