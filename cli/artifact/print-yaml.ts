import { stringify } from 'yaml';

/** Messages share parts; anchors and aliases would make them unreadable. Long strings stay on their line. */
const style = { aliasDuplicateObjects: false, lineWidth: 0 } as const;

/**
 * A list or mapping of plain data as YAML, exactly as the yaml library prints it. The library takes many times as long for a large artifact:
 * here it prints each distinct key and scalar once, and only the structure is put together.
 */
export function printYaml(value: object): string {
  return yamlPrinter()(value);
}

/** The same, for many values with keys and scalars in common; each line begins with `indent`. */
export function yamlPrinter(): (value: object, indent?: string) => string {
  const keys = new Map<string, string | undefined>();
  const scalars = new Map<unknown, string>();
  return (value, indent = '') => {
    const pieces: string[] = [indent];
    print(value, indent, pieces);
    pieces.push('\n');
    return pieces.join('');
  };

  /** Without the indentation of the first line, which is there already. */
  function print(value: unknown, indent: string, pieces: string[]): void {
    let between = '';
    if (Array.isArray(value) && value.length > 0) {
      for (const item of value) {
        pieces.push(between, '- ');
        if (isNested(item)) print(item, `${indent}  `, pieces);
        else pieces.push(scalar(item, indent));
        between = `\n${indent}`;
      }
      return;
    }
    const entries = isNested(value) ? entriesOf(value) : [];
    if (entries.length === 0) pieces.push(scalar(value, indent));
    for (const [key, item] of entries) {
      const name = keyText(key);
      pieces.push(between);
      if (name === undefined) {
        pieces.push(indented(stringify({ [key]: item }, style).slice(0, -1), indent));
      } else if (isNested(item)) {
        pieces.push(name, `:\n${indent}  `);
        print(item, `${indent}  `, pieces);
      } else {
        pieces.push(name, ': ', scalar(item, indent));
      }
      between = `\n${indent}`;
    }
  }

  /** Undefined for a key that doesn't stand on its line as it is, such as one with line breaks. */
  function keyText(key: string): string | undefined {
    if (!keys.has(key)) {
      const [, name] = /^([^\n]*): null\n$/.exec(stringify({ [key]: null }, style)) ?? [];
      keys.set(key, name?.startsWith('? ') ? undefined : name);
    }
    return keys.get(key);
  }

  /** Anything that isn't nested; empty lists and mappings too. */
  function scalar(value: unknown, indent: string): string {
    if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
    const text = scalars.get(value) ?? stringify({ key: value }, style).slice('key: '.length, -1);
    scalars.set(value, text);
    return indented(text, indent);
  }
}

function isNested(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((item) => item !== undefined);
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function indented(text: string, indent: string): string {
  return text.includes('\n') ? text.replace(/\n(?=.)/g, `\n${indent}`) : text;
}
