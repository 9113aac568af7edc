import type { Section } from './document-data.ts';

/** The document as JSON, piece by piece. */
export function* jsonDocument(sections: readonly Section[]): Generator<string> {
  let before = '{\n  ';
  for (const section of sections) {
    const { name } = section;
    yield `${before}${JSON.stringify(name)}: `;
    before = ',\n  ';
    if ('value' in section) {
      yield indent(JSON.stringify(section.value, null, 2), '  ');
      continue;
    }
    let open = '{\n    ';
    for (const [key, entry] of section.entries) {
      yield `${open}${JSON.stringify(key)}: ${indent(JSON.stringify(entry, null, 2), '    ')}`;
      open = ',\n    ';
    }
    yield open.startsWith('{') ? '{}' : '\n  }';
  }
  yield '\n}\n';
}

// Inside a JSON string a line break is written \n, so every one in the text is between values.
function indent(json: string, by: string): string {
  return json.replaceAll('\n', `\n${by}`);
}
