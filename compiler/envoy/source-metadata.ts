import { objectName } from '../mesh/object-name.ts';
import type { Meta } from '../resources/objects.ts';
import type { Metadata } from './generated/api.ts';

/** Metadata that names the objects behind a part of the configuration, for admin output, logs and traces. */
export function sourceMetadata(...metas: readonly Meta[]): Metadata {
  return { filter_metadata: { smic: { source: metas.map(objectName).join(', ') } } };
}
