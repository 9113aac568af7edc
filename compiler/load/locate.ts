import { createPositions, type Positions } from './position.ts';
import { readDocument } from './read-document.ts';
import { createRecorder, type Recorder } from './record.ts';

/** A document's value together with the places of all its entries. */
export interface Located {
  readonly value: unknown;
  readonly ranges: Pick<Recorder, 'get'>;
  readonly positions: Positions;
}

/** Reads a document's text again, with positions: most documents never need them. */
export function locate(file: string, line: number, text: string): Located {
  const ranges = createRecorder();
  return { value: readDocument(text, ranges).value, ranges, positions: createPositions(file, line, text) };
}
