import { countLines } from './position.ts';
import type { DocumentText } from './split-documents.ts';

/**
 * Splits a text of several JSON objects, one a line (NDJSON) or one behind the other, as `kubectl get --watch -o json`
 * and `jq` print them. Undefined where the text isn't more than one object, each beginning on a line of its own.
 */
export function splitJson({ text, line }: DocumentText): readonly DocumentText[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const values: DocumentText[] = [];
  // Strings are skipped as a whole; all that counts besides are brackets.
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s"{}[\]]/gs;
  let depth = 0;
  let start = 0;
  let startLine = line;
  let counted = 0;
  let end = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const character = found[0];
    if (depth === 0) {
      if (character !== '{') return undefined;
      start = text.lastIndexOf('\n', found.index) + 1;
      if (start < end || text.slice(start, found.index).trim() !== '') return undefined;
      startLine += countLines(text, counted, start);
      counted = start;
    }
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (depth === 0) {
      end = token.lastIndex;
      values.push({ text: text.slice(start, end), line: startLine });
    }
  }
  return depth === 0 && values.length > 1 ? values : undefined;
}
