import { codeOnly } from './code-only.ts';
import { type Fault, lineOf, type SourceText } from './source-files.ts';

/** What someone meant to come back to: a TODO without a reason, a test that is left out or leaves others out. */
export function leftoverFaults(file: SourceText): Fault[] {
  const faults: Fault[] = [];
  const find = (text: string, pattern: RegExp, message: string): void => {
    for (const match of text.matchAll(pattern)) {
      faults.push({ path: file.path, line: lineOf(text, match.index), message });
    }
  };
  find(file.text, /(?:\/\/|\/\*|#|^ *\*) *(?:FIXME|XXX|HACK)\b/gm, 'write `TODO: <what and why>`, or do it');
  find(file.text, /(?:\/\/|\/\*|#|^ *\*) *TODO\b(?!: \S+ \S+)/gm, 'a TODO without a reason: write `TODO: <what and why>`');
  if (file.path.endsWith('.test.ts')) {
    const code = codeOnly(file.text);
    find(code, /\.only\(/g, '`.only(` leaves the other tests out');
    find(code, /\.skip\(/g, '`.skip(` leaves this test out: where it depends on the machine, write `(condition ? test : test.skip)(…)`');
  }
  return faults;
}
