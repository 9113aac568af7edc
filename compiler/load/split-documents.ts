import { countLines } from './position.ts';

/** One document's text, and the line of the file on which it starts, from 1. Lines and columns in it are the file's. */
export interface DocumentText {
  readonly text: string;
  readonly line: number;
}

/**
 * Splits a YAML stream at its document markers: a `---` or `...` that begins a line and is followed by white space or
 * nothing ends a document wherever it stands, in block scalars and quotes too (YAML 1.2.2, 9.1.2). A marker that stands
 * alone is left out of the texts; one with content behind it, or with directives before it, stays in its document's.
 */
export function splitDocuments(text: string): DocumentText[] {
  const documents: DocumentText[] = [];
  let start = 0;
  let line = 1;
  let lineAtStart = 1;
  let scanned = 0;

  const close = (end: number): void => {
    if (end > start) documents.push({ text: text.slice(start, end), line: lineAtStart });
  };
  for (let marker = findMarker(text, 0); marker !== -1; marker = findMarker(text, marker + 3)) {
    line += countLines(text, scanned, marker);
    scanned = marker;
    const isEnd = text.charCodeAt(marker) === dot;
    if (!isEnd && onlyDirectives(text.slice(start, marker))) continue;
    const lineEnd = endOfLine(text, marker);
    const alone = isEnd || /^---[ \t\r]*(?:#.*)?$/.test(text.slice(marker, lineEnd).trimEnd());
    // An end marker belongs to the document that it ends, so that text behind it on its line is found to be wrong.
    close(isEnd ? Math.min(lineEnd + 1, text.length) : marker);
    start = alone ? Math.min(lineEnd + 1, text.length) : marker;
    lineAtStart = alone && lineEnd < text.length ? line + 1 : line;
  }
  close(text.length);
  return documents;
}

const dot = 0x2e;

/** The offset of the next marker at or after `from`, or -1. */
function findMarker(text: string, from: number): number {
  for (let at = from; ; ) {
    const first = text.charCodeAt(at);
    const isLineStart = at === 0 || text.charCodeAt(at - 1) === 0x0a;
    if (isLineStart && (first === 0x2d || first === dot) && text.charCodeAt(at + 1) === first && text.charCodeAt(at + 2) === first) {
      const after = text.charCodeAt(at + 3);
      // Space, tab, line feed, carriage return or the end of the text.
      if (after === 0x20 || after === 0x09 || after === 0x0a || after === 0x0d || Number.isNaN(after)) return at;
    }
    const newline = text.indexOf('\n', at);
    if (newline === -1) return -1;
    at = newline + 1;
  }
}

/** Whether a text before a `---` holds directives (`%YAML 1.2`) and nothing else but comments: they belong to what follows. */
function onlyDirectives(text: string): boolean {
  return /^%/m.test(text) && text.split('\n').every((line) => /^(?:%|\s*(?:#|$))/.test(line));
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}
