/** What says where something was read, and how. */
const positions: ReadonlySet<string> = new Set(['origin', 'at']);
/** Lists whose order says what is preferred. */
const ordered: ReadonlySet<string> = new Set(['cipherSuites', 'ecdhCurves']);

/**
 * A typed object's content as text: the same wherever it stood and in whatever order its keys and lists were written, as
 * far as that order has no meaning.
 * @param leftOut fields that don't count, beside positions
 */
export function canonical(value: unknown, leftOut: ReadonlySet<string>, key = ''): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, leftOut));
    return `[${ordered.has(key) ? items.join() : items.sort().join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([name, field]) => field !== undefined && !leftOut.has(name) && !isPosition(name, field))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field, leftOut, name)}`);
  return `{${fields.sort().join()}}`;
}

/** A label may have the name of one, but then it has a text as its value. */
function isPosition(name: string, field: unknown): boolean {
  return positions.has(name) && typeof field === 'object';
}
