import { countLines } from './position.ts';
import type { DocumentText } from './split-documents.ts';

/**
 * Splits a text of several JSON objects, one a line (NDJSON) or one behind the other, as `kubectl get --watch -o json`
 * and `jq` print them. Undefined where the text isn't more than one such object.
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
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const character = found[0];
    if (depth === 0) {
      if (character !== '{') return undefined;
      startLine += countLines(text, counted, found.index);
      counted = found.index;
      start = found.index;
    }
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (depth === 0) {
      // Spaces in place of what stands before it on its line keep its columns.
      const column = start - (text.lastIndexOf('\n', start - 1) + 1);
      values.push({ text: ' '.repeat(start === 0 ? 0 : column) + text.slice(start, token.lastIndex), line: startLine });
    }
  }
  return depth === 0 && values.length > 1 ? values : undefined;
}
