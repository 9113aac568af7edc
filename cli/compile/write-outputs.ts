import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { findProxy } from '../artifact/find-proxy.ts';
import type { CompileFlags } from '../program/flags.ts';
import type { Output, Terminal } from '../terminal/terminal.ts';
import type { Timing } from './run-compiler.ts';

/** Writes what `flags` ask for, files first: a reader of stdout that goes away must not keep them from being whole. Gives words on what was written. */
export async function writeOutputs(terminal: Terminal, artifact: Artifact, timings: readonly Timing[], flags: CompileFlags): Promise<string> {
  if (flags.proxy !== undefined) {
    // A name that isn't there is found before anything is written.
    findProxy(artifact, flags.proxy);
  }
  const words: string[] = [];
  const start = performance.now();
  if (flags.out !== undefined) {
    const { artifactFiles } = await import('../../compiler/artifact/layout.ts');
    const { writeArtifact } = await import('../output/write-artifact.ts');
    words.push(describe(flags.out, await writeArtifact(flags.out, () => artifactFiles(artifact), flags.force ?? false)));
  }
  if (flags.bundle !== undefined) {
    const { encodeBundle } = await import('../../compiler/artifact/bundle.ts');
    const content = encodeBundle(artifact);
    if (flags.bundle === '-') {
      await terminal.out.write(content);
    } else {
      const { writeFileAtomically } = await import('../output/write-file-atomically.ts');
      words.push(describe(flags.bundle, await writeFileAtomically(flags.bundle, content)));
    }
  }
  const wrote = flags.out !== undefined || flags.bundle !== undefined;
  await print(terminal.out, artifact, wrote ? [...timings, { stage: 'write', milliseconds: performance.now() - start }] : timings, flags, wrote);
  return words.length === 0 ? '' : `; ${words.join(', ')}`;
}

function describe(path: string, result: 'written' | 'unchanged'): string {
  return result === 'written' ? `wrote ${path}` : `${path} is unchanged`;
}

async function print(out: Output, artifact: Artifact, timings: readonly Timing[], flags: CompileFlags, wrote: boolean): Promise<void> {
  if (flags.stats) {
    const { statsData, statsTables } = await import('../artifact/stats.ts');
    await out.write(flags.output === undefined ? statsTables(artifact, timings) : await printed(statsData(artifact, timings), flags.output));
  } else if (flags.output !== undefined) {
    const { documentSections } = await import('../artifact/document-data.ts');
    const sections = documentSections(artifact, { proxy: flags.proxy, types: flags.types });
    const pieces =
      flags.output === 'json'
        ? (await import('../artifact/json-document.ts')).jsonDocument(sections)
        : (await import('../artifact/yaml-document.ts')).yamlDocument(sections);
    for (const piece of pieces) {
      await out.write(piece);
    }
  } else if (!wrote && !flags.watch) {
    const { summaryTable } = await import('../artifact/summary-table.ts');
    await out.write(summaryTable(artifact));
  }
}

async function printed(data: object, format: 'json' | 'yaml'): Promise<string> {
  return format === 'json' ? `${JSON.stringify(data, null, 2)}\n` : (await import('../artifact/print-yaml.ts')).printYaml(data);
}
