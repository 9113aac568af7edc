import type { Section } from './document-data.ts';
import { yamlPrinter } from './print-yaml.ts';

/** The document as YAML, piece by piece. */
export function* yamlDocument(sections: readonly Section[]): Generator<string> {
  const print = yamlPrinter();
  for (const section of sections) {
    const { name } = section;
    if ('value' in section) {
      yield print({ [name]: section.value });
      continue;
    }
    let empty = true;
    for (const [key, entry] of section.entries) {
      yield `${empty ? `${name}:\n` : ''}${print({ [key]: entry }, '  ')}`;
      empty = false;
    }
    if (empty) {
      yield `${name}: {}\n`;
    }
  }
}
