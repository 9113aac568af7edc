import type { SourceEntry } from '../artifact/artifact.ts';
import type { Path } from '../load/document.ts';
import { objectName } from '../mesh/object-name.ts';
import type { Meta } from '../resources/objects.ts';

/** A message, or a part of one, and the objects that it comes from. Shared between resources: never mutated. */
export interface Built<Message> {
  readonly message: Message;
  readonly sources: readonly SourceEntry[];
}

/** Says that the part at a JSON pointer comes from a part of an object. */
export function source(pointer: string, meta: Meta, path: Path = []): SourceEntry {
  return { pointer, origin: meta.origin, path, object: objectName(meta) };
}

/** The sources of a part, seen from the whole in which it stands at `pointer`. */
export function within(pointer: string, sources: readonly SourceEntry[]): readonly SourceEntry[] {
  return sources.map((entry) => ({ ...entry, pointer: pointer + entry.pointer }));
}

/** One step of a JSON pointer. Source: RFC 6901, section 3. */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
