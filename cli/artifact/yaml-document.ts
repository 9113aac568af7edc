import { stringify } from 'yaml';
import type { Section } from './document-data.ts';

/** The document as YAML, piece by piece. */
export function* yamlDocument(sections: readonly Section[]): Generator<string> {
  for (const section of sections) {
    const { name } = section;
    if ('value' in section) {
      yield printYaml({ [name]: section.value });
      continue;
    }
    let empty = true;
    for (const [key, entry] of section.entries) {
      yield `${empty ? `${name}:\n` : ''}${printYaml({ [key]: entry }).replace(/^(?=.)/gm, '  ')}`;
      empty = false;
    }
    if (empty) {
      yield `${name}: {}\n`;
    }
  }
}

/** A value as YAML. */
export function printYaml(value: unknown): string {
  // Messages share parts; anchors and aliases would make them unreadable. Long strings stay on their line.
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
