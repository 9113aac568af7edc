import type { Collector } from '../diagnostics/collector.ts';
import { isReadGroup } from './api-groups.ts';
import type { Document, SourceFile } from './document.ts';
import { locate } from './locate.ts';
import { createPositions } from './position.ts';
import type { Problem } from './problem.ts';
import { readDocument } from './read-document.ts';
import { type DocumentText, splitDocuments } from './split-documents.ts';
import { splitJson } from './split-json.ts';
import { textProblem } from './text-problem.ts';

/** Documents of at least this many characters keep their positions once they were asked for; smaller ones are read again. */
const keepPositionsFrom = 50_000;

/**
 * Reads every document of the files: YAML 1.2 as kubectl reads it, or JSON (one value, or several behind each other).
 * Empty documents are left out, and broken ones after they were reported: each on its own, so that none hides another's.
 */
export function load(files: readonly SourceFile[], collector: Collector): readonly Document[] {
  return files.flatMap((file) => loadFile(file, collector));
}

function loadFile({ name, text: fileText }: SourceFile, collector: Collector): Document[] {
  const text = fileText.startsWith('\ufeff') ? fileText.slice(1) : fileText;
  const problem = textProblem(text);
  if (problem) {
    reportAll([problem], name, { text, line: 1 }, collector);
    return [];
  }
  const documents: Document[] = [];
  for (const part of splitDocuments(text)) {
    for (const documentText of splitJson(part) ?? [part]) {
      const document = loadDocument(name, documentText, collector);
      if (document) documents.push(document);
    }
  }
  return documents;
}

function loadDocument(file: string, part: DocumentText, collector: Collector): Document | undefined {
  const { value, problems } = readDocument(part.text);
  const errors = problems.filter(({ code }) => code !== 'SMIC1008');
  const broken = errors.length > 0;
  reportAll(broken || !isRead(value) ? errors : problems, file, part, collector);
  if (broken || value === undefined || value === null) return undefined;

  const document = { file, line: part.line, text: part.text, value };
  if (part.text.length < keepPositionsFrom) return document;
  let located: ReturnType<typeof locate> | undefined;
  return { ...document, locate: () => (located ??= locate(file, part.line, part.text)) };
}

/** What smic skips needs no warning about words that it doesn't read. A list may hold anything. */
function isRead(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('apiVersion' in value)) return false;
  return typeof value.apiVersion === 'string' && isReadGroup(value.apiVersion);
}

function reportAll(problems: readonly Problem[], file: string, { text, line }: DocumentText, collector: Collector): void {
  if (problems.length === 0) return;
  const positions = createPositions(file, line, text);
  for (const { code, start, end, message, fix, related } of problems) {
    collector.report(code, {
      message,
      place: positions(start, end),
      ...(fix !== undefined && { fix }),
      ...(related && { related: [{ message: related.message, place: positions(related.start, related.end) }] }),
    });
  }
}
