import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { objectWords } from './object-words.ts';
import { reaches, type Report, type Reporter } from './report.ts';

/** JUnit XML: a suite a file, a test case a finding; a file without findings is a case that passes. */
export const junit: Reporter = (report) => {
  const byFile = new Map<string, Diagnostic[]>([...report.files.keys()].sort().map((name) => [name, []]));
  for (const diagnostic of report.diagnostics) {
    const name = diagnostic.place?.file ?? 'smic';
    const found = byFile.get(name) ?? [];
    found.push(diagnostic);
    byFile.set(name, found);
  }
  const failures = report.diagnostics.filter(({ level }) => reaches(level, report.failOn)).length;
  const suites = [...byFile].map(([name, diagnostics]) => suite(name, diagnostics, report));
  const tests = [...byFile.values()].reduce((sum, diagnostics) => sum + Math.max(diagnostics.length, 1), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="smic" tests="${tests}" failures="${failures}" errors="0">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
};

function suite(name: string, diagnostics: readonly Diagnostic[], report: Report): string {
  const failures = diagnostics.filter(({ level }) => reaches(level, report.failOn)).length;
  const cases = diagnostics.length === 0 ? [`    <testcase classname="${escape(name)}" name="no findings"/>`] : diagnostics.map((diagnostic) => testCase(name, diagnostic, report));
  return [`  <testsuite name="${escape(name)}" tests="${cases.length}" failures="${failures}" errors="0">`, ...cases, '  </testsuite>'].join('\n');
}

function testCase(file: string, diagnostic: Diagnostic, report: Report): string {
  const { code, level, message, why, fix, place, object } = diagnostic;
  const where = place ? `${place.file}:${place.line}:${place.column}` : object ? objectWords(object) : '';
  const name = [code, place ? `${place.line}:${place.column}` : '', object ? objectWords(object) : ''].filter((part) => part !== '').join(' ');
  const text = escapeText([`${level} ${code}: ${message}`, where, why && `why: ${why}`, fix && `fix: ${fix}`].filter((part) => part !== '').join('\n'));
  const body = reaches(level, report.failOn)
    ? `      <failure type="${code}" message="${escape(message)}">${text}</failure>`
    : `      <system-out>${text}</system-out>`;
  return [`    <testcase classname="${escape(file)}" name="${escape(name)}">`, body, '    </testcase>'].join('\n');
}

// XML 1.0 knows no control characters, not even as references, nor lone surrogates.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' };

/** For attributes, which lose line breaks that aren't references. */
function escape(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"\n\r\t]/g, (character) => entities[character] ?? character);
}

function escapeText(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>\r]/g, (character) => entities[character] ?? character);
}
