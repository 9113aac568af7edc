/**
 * What a test file's text shows to be wrong and uvu doesn't say: a suite that is never run, tests that are declared after
 * the run, an `.only` that leaves the other tests out. Suites are expected at the start of a line.
 */
export function sourceFaults(text: string): string[] {
  const faults: string[] = [];
  for (const name of suiteNames(text)) {
    const run = lastIndex(text, new RegExp(`^${name}\\.run\\(\\)`, 'gm'));
    if (run === -1) {
      faults.push(`\`${name}.run()\` is missing`);
    } else if (lastIndex(text, new RegExp(`^${name}(\\.skip)?\\(`, 'gm')) > run) {
      faults.push(`a test stands after \`${name}.run()\` and does not run`);
    }
    if (new RegExp(`^\\s*${name}\\.only\\(`, 'm').test(text)) {
      faults.push(`\`${name}.only\` leaves the other tests out`);
    }
  }
  return faults;
}

function suiteNames(text: string): string[] {
  const suites = [...text.matchAll(/^(?:const|let) (\w+) = suite[(<]/gm)].map((match) => match[1] ?? '');
  const imported = /^import \{[^}]*\btest\b[^}]*\} from 'uvu';/m.test(text) ? ['test'] : [];
  return [...imported, ...suites];
}

function lastIndex(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].at(-1)?.index ?? -1;
}
