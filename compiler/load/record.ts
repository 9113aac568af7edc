/** Where an entry of a mapping or list stands in its document's text, as offsets; ends are exclusive. */
export interface EntryRange {
  /** Both -1 for list items, which have no key. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** -1 where nothing is written (`key:`). */
  readonly valueStart: number;
  /** Equal to `valueStart` for mappings and lists in block style: they go on to where the indentation ends. */
  readonly valueEnd: number;
}

/** Keeps where each entry of each mapping and list of one document stands. Readers fill it where positions are wanted. */
export interface Recorder {
  set(container: object, step: string | number, range: EntryRange): void;
  get(container: object, step: string | number): EntryRange | undefined;
}

/** A new, empty recorder. */
export function createRecorder(): Recorder {
  const ranges = new Map<object, Map<string | number, EntryRange>>();
  return {
    set(container, step, range) {
      const entries = ranges.get(container);
      if (entries) entries.set(step, range);
      else ranges.set(container, new Map([[step, range]]));
    },
    get: (container, step) => ranges.get(container)?.get(step),
  };
}
