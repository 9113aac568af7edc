import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Document } from '../../compiler/load/document.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { meshConfigInForce, usesIPv6 } from '../../compiler/mesh/settings.ts';
import { createMemory } from '../../compiler/memory.ts';
import { type CompileOptions, defaultOptions } from '../../compiler/options.ts';
import type { Meta, SidecarConfig } from '../../compiler/resources/objects.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';

/** What the input says of the mesh. */
export interface InputMesh {
  readonly namespaces: ReadonlyMap<string, Meta>;
  readonly config: SidecarConfig | undefined;
  readonly ipv6: boolean;
  /** About Namespaces and MeshConfigs; what is wrong with others is for `smic lint`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what injection depends on besides the pods. */
export function readMesh(documents: readonly Document[], names: Pick<CompileOptions, 'meshName' | 'meshNamespace'>): InputMesh {
  const options = { ...defaultOptions, ...names, isolate: false };
  const memory = createMemory();
  const objects = readObjects([{ key: 'input', objects: rawObjects(documents, createCollector()) }], memory, options);
  const config = meshConfigInForce(objects, options, memory)?.config;
  return {
    namespaces: new Map(objects.namespaces.map(({ meta }) => [meta.name, meta])),
    config: config?.sidecarConfig,
    ipv6: usesIPv6(objects, memory),
    diagnostics: memory.diagnostics.filter(({ object }) => object?.kind === 'MeshConfig' || object?.kind === 'Namespace'),
  };
}
