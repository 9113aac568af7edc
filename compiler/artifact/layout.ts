import { invariant } from '../diagnostics/invariant.ts';
import type { Artifact, Resource } from './artifact.ts';
import { manifestOf } from './manifest.ts';
import { enclose, printJson } from './print-json.ts';
import { proxyFolder, resourceFiles, setFolder } from './resource-files.ts';
import { createResourcePrinter, type ResourcePrinter } from './resource-printer.ts';
import { isSafeSegment } from './safe-path.ts';
import { createSourceLines, type SourcesOf } from './source-lines.ts';

/** A file of an artifact: its path below the artifact's folder, with `/`, and its text. */
export interface ArtifactFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The files of an artifact, each made when it is asked for: manifest.json, then a folder for each proxy class, then one for each
 * shared set. A folder has a file for each type of resource, `[]` where there is none, and sources.json.
 */
export function* artifactFiles(artifact: Artifact): Generator<ArtifactFile> {
  yield { path: 'manifest.json', content: `${printJson(manifestOf(artifact))}\n` };
  const lists = [...artifact.classes, ...artifact.sets].map(({ resources }) => resources);
  const print = createResourcePrinter(lists);
  const sourcesOf = createSourceLines(lists.flat());
  for (const proxy of artifact.classes) {
    invariant(isSafeSegment(proxy.namespace) && isSafeSegment(proxy.name), `"${proxyFolder(proxy)}" can't be a folder`);
    yield* folderFiles(proxyFolder(proxy), proxy.resources, print, sourcesOf);
  }
  for (const set of artifact.sets) {
    invariant(isSafeSegment(set.name), `"${setFolder(set)}" can't be a folder`);
    yield* folderFiles(setFolder(set), set.resources, print, sourcesOf);
  }
}

function* folderFiles(folder: string, resources: readonly Resource[], print: ResourcePrinter, sourcesOf: SourcesOf): Generator<ArtifactFile> {
  const sourceLines: string[] = [];
  for (const { type, file } of resourceFiles) {
    // Names are unique within a type, so that the order is total.
    const own = resources.filter((resource) => resource.type === type).sort((a, b) => (a.name < b.name ? -1 : 1));
    yield { path: `${folder}/${file}.json`, content: `${enclose('[', own.map(print), ']')}\n` };
    own.forEach((resource, index) => sourceLines.push(...linesOf(`/${file}/${index}`, resource, sourcesOf)));
  }
  yield { path: `${folder}/sources.json`, content: `${enclose('{', sourceLines, '}')}\n` };
}

/** A line for each pointer: there are many, and each is short. */
function linesOf(prefix: string, resource: Resource, sourcesOf: SourcesOf): string[] {
  const lines: string[] = [];
  let pointer: string | undefined;
  let entries: string[] = [];
  const close = (): void => {
    if (pointer !== undefined) {
      lines.push(`${JSON.stringify(prefix + pointer)}: [${entries.join(', ')}]`);
    }
  };
  for (const source of sourcesOf(resource)) {
    if (source.pointer !== pointer) {
      close();
      pointer = source.pointer;
      entries = [];
    }
    const place = source.file === undefined ? '' : `, "file": ${JSON.stringify(source.file)}, "line": ${source.line}`;
    entries.push(`{ "object": ${JSON.stringify(source.object)}${place} }`);
  }
  close();
  return lines;
}
