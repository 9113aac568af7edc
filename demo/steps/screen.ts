/** What the demonstration prints on, and how it waits for its viewer. */
export interface Screen {
  /** A heading for the next step. */
  readonly step: (title: string) => Promise<void>;
  /** Prose. */
  readonly say: (text: string) => Promise<void>;
  /** A line of what happens. */
  readonly show: (line: string) => Promise<void>;
  /** Resolves when the viewer wants to go on. */
  readonly next: () => Promise<void>;
}
