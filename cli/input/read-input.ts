import path from 'node:path';
import { type Collector, createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { sortDiagnostics } from '../../compiler/diagnostics/sort.ts';
import type { SourceFile } from '../../compiler/load/document.ts';
import { decodeText } from './decode-text.ts';
import { findFiles } from './find-files.ts';
import { inputProblem, tooLarge } from './input-problem.ts';
import { readBounded, readStream } from './read-bounded.ts';

/** How input is read. All have defaults. */
export interface ReadOptions {
  /** The folder that names are relative to. Default: the process's. */
  readonly folder?: string;
  /** What `-` stands for. Default: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** A file with more bytes is refused. Default 64 MiB. */
  readonly maxFileBytes?: number;
}

/** The files that could be read, by name, and a finding for each path that couldn't. */
export interface Input {
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The default limit for one file. */
const defaultMaxFileBytes = 64 * 1024 * 1024;

/** Few enough for any limit of open files, enough to keep a disk busy. */
const filesAtOnce = 16;

/**
 * Reads files, folders (recursive: *.yaml, *.yml, *.json) and `-`. Names are relative to the working folder, with `/`.
 * A file that is named twice is read once. Never throws for what it finds on disk, and never waits for a device or pipe.
 */
export async function readInput(paths: readonly string[], options: ReadOptions = {}): Promise<Input> {
  const { folder = process.cwd(), stdin = process.stdin, maxFileBytes = defaultMaxFileBytes } = options;
  const collector = createCollector();
  const found = await findFiles(paths.filter((name) => name !== '-'), folder, collector);
  const files: SourceFile[] = [];
  const waiting = found.values();
  async function readNext(): Promise<void> {
    // The iterator is shared: each reader takes the next file when it is done with one.
    for (const name of waiting) {
      const file = await readFile(name, path.resolve(folder, name), maxFileBytes, collector);
      if (file) files.push(file);
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, readNext));
  if (paths.includes('-')) {
    const file = await readStandardInput(stdin, maxFileBytes, collector);
    if (file) files.push(file);
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, diagnostics: sortDiagnostics(collector.diagnostics) };
}

async function readFile(name: string, absolute: string, maxBytes: number, collector: Collector): Promise<SourceFile | undefined> {
  try {
    const read = await readBounded(absolute, maxBytes);
    if (typeof read === 'number') return tooLarge(name, read, maxBytes, collector);
    return { name, text: decodeText(read) };
  } catch (error) {
    return inputProblem(name, error, collector);
  }
}

async function readStandardInput(stdin: AsyncIterable<Uint8Array | string>, maxBytes: number, collector: Collector): Promise<SourceFile | undefined> {
  const name = '<stdin>';
  try {
    const bytes = await readStream(stdin, maxBytes);
    return bytes ? { name, text: decodeText(bytes) } : tooLarge(name, undefined, maxBytes, collector);
  } catch (error) {
    return inputProblem(name, error, collector);
  }
}
