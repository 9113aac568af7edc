import type { SourceFile } from '../../compiler/index.ts';
import type { CompileOptions } from '../../compiler/options.ts';
import { goldenCases } from '../goldens/golden-case.ts';

/** Input that is mutated. */
export interface Seed {
  readonly name: string;
  readonly files: readonly SourceFile[];
  readonly options: Partial<CompileOptions>;
}

const largest = 60_000;

/** The input of the golden cases, without the largest: they are slow, and have nothing that the others lack. */
export function seeds(): readonly Seed[] {
  return goldenCases().filter(({ files }) => files.length > 0 && files.reduce((sum, { text }) => sum + text.length, 0) <= largest);
}
