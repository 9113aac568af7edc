import type { Document } from '../../compiler/load/document.ts';

/** The offset in its file's text at which a document's text begins. It begins a line. */
export function documentOffset({ line }: Pick<Document, 'line'>, file: string): number {
  let offset = 0;
  for (let current = 1; current < line; current++) offset = file.indexOf('\n', offset) + 1;
  return offset;
}
