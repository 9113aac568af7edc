import type { Resource } from './artifact.ts';
import { printJson } from './print-json.ts';

/** Prints resources as items of a list, one level in. */
export type ResourcePrinter = (resource: Resource) => string;

/** How deep the filter chains of a listener stand in a list of listeners: the parts that listeners share. */
const sharedIndent = '      ';

/**
 * A printer that prints what several lists have in common once: a resource that stands in more than one of them, and the parts
 * that listeners share. `lists` are all that will be printed; a resource's text is dropped after its last use.
 */
export function createResourcePrinter(lists: Iterable<readonly Resource[]>): ResourcePrinter {
  const uses = new Map<Resource, number>();
  for (const list of lists) {
    for (const resource of list) {
      uses.set(resource, (uses.get(resource) ?? 0) + 1);
    }
  }
  const texts = new Map<Resource, string>();
  const parts = new Map<object, string | undefined>();
  // A part is kept when it comes for the second time: most come but once.
  const partText = (value: object, indent: string): string | undefined => {
    if (indent !== sharedIndent) {
      return undefined;
    }
    const known = parts.get(value);
    if (known !== undefined) {
      return known;
    }
    if (!parts.has(value)) {
      parts.set(value, undefined);
      return undefined;
    }
    const text = printJson(value, indent);
    parts.set(value, text);
    return text;
  };
  return (resource) => {
    const left = (uses.get(resource) ?? 1) - 1;
    uses.set(resource, left);
    const text = texts.get(resource) ?? printJson(resource.message, '  ', resource.type === 'listener' ? partText : undefined);
    if (left > 0) {
      texts.set(resource, text);
    } else {
      texts.delete(resource);
    }
    return text;
  };
}
