import type { Collector } from '../diagnostics/collector.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { OutboundCatalog } from '../mesh/outbound.ts';
import type { CompileOptions } from '../options.ts';
import type { Objects } from '../resources/objects.ts';

/** What a check may look at. */
export interface CheckInput {
  readonly mesh: Mesh;
  readonly objects: Objects;
  readonly outbound: OutboundCatalog;
  readonly options: CompileOptions;
}

/** Looks for one kind of trouble in a mesh whose names all resolve, and reports it. */
export type Check = (input: CheckInput, collector: Collector) => void;
