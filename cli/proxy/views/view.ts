import { printable } from '../../terminal/printable.ts';
import { table } from '../../terminal/table.ts';
import type { HeldState } from '../envoy-dump.ts';
import { type SourceObject, sourceWords } from '../source-objects.ts';

/** A line of a table, and an object of `-o json`. */
export interface ViewRow {
  readonly sources: readonly SourceObject[];
}

/** A table of rows: what stands in the columns before that of the sources. */
export interface View<Row extends ViewRow> {
  readonly columns: readonly string[];
  cells(row: Row): readonly string[];
}

/** The table; each source has a line of its own. */
export function viewTable<Row extends ViewRow>({ columns, cells }: View<Row>, rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => {
    const [first = '-', ...more] = row.sources.map(sourceWords);
    return [[...cells(row).map((cell) => printable(cell === '' ? '-' : cell)), first], ...more.map((words) => [...columns.map(() => ''), words])];
  });
  return table([...columns, 'SOURCE'].map((title) => ({ title })), lines);
}

/** The name of a resource, and its state where it isn't plainly in use. */
export function nameWords({ name, state }: { readonly name: string; readonly state: HeldState }): string {
  return state === 'active' ? name : `${name} (${state})`;
}

/** The first of a list, and how many more there are. */
export function firstOf(list: readonly string[], shown = 1): string {
  return list.length <= shown ? list.join(', ') : `${list.slice(0, shown).join(', ')} +${list.length - shown}`;
}
