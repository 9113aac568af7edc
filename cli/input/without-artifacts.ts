import type { SourceFile } from '../../compiler/load/document.ts';
import { isManifest } from '../output/is-manifest.ts';

/**
 * Leaves out artifacts that stand among the input, as `smic compile . --out build` makes one:
 * else each run would stumble over what the last one wrote. `artifacts` are their folders.
 */
export function withoutArtifacts(files: readonly SourceFile[]): { readonly files: readonly SourceFile[]; readonly artifacts: readonly string[] } {
  const artifacts = files
    .filter(({ name, text }) => /(^|\/)manifest\.json$/.test(name) && isManifest(text))
    .map(({ name }) => name.slice(0, -'manifest.json'.length));
  if (artifacts.length === 0) {
    return { files, artifacts };
  }
  const folders = new Set(artifacts);
  return { files: files.filter(({ name }) => !ancestors(name).some((folder) => folders.has(folder))), artifacts };
}

/** `a/b/c` → ``, `a/`, `a/b/` */
function ancestors(name: string): readonly string[] {
  const folders = [''];
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    folders.push(name.slice(0, slash + 1));
  }
  return folders;
}
