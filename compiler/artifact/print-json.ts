/**
 * JSON with two spaces a level and sorted keys, as `jq -S .` prints it. Sorted keys need no knowledge of Envoy's descriptors,
 * don't move when a new Envoy adds fields, and put `@type` first in an Any. `text` may know the text of an object already.
 */
export function printJson(value: unknown, indent = '', text?: (value: object, indent: string) => string | undefined): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  const known = text?.(value, indent);
  if (known !== undefined) {
    return known;
  }
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return enclose('[', value.map((item: unknown) => printJson(item ?? null, inner, text)), ']', indent);
  }
  const members = value as Readonly<Record<string, unknown>>;
  const lines: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = members[key];
    if (member !== undefined) {
      lines.push(`${JSON.stringify(key)}: ${printJson(member, inner, text)}`);
    }
  }
  return enclose('{', lines, '}', indent);
}

/** Lines between brackets; nothing between them where there are none. */
export function enclose(open: string, lines: readonly string[], close: string, indent = ''): string {
  return lines.length === 0 ? open + close : `${open}\n${indent}  ${lines.join(`,\n${indent}  `)}\n${indent}${close}`;
}
