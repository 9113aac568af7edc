import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from '../../../compiler/artifact/artifact.ts';
import { compile } from '../../../compiler/index.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'bookstore');

/** The bookstore, with the weights of its split; `edit` changes the text of its files. */
export function bookstoreArtifact(weights: { readonly v1: number; readonly v2: number } = { v1: 100, v2: 0 }, edit: (text: string, path: string) => string = (text) => text): Artifact {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      const weighted = path === 'split.yaml' ? text.replace('weight: 100', `weight: ${weights.v1}`).replace('weight: 0', `weight: ${weights.v2}`) : text;
      return { name: path, text: edit(weighted, path) };
    });
  const { artifact, diagnostics } = compile(files);
  if (artifact === undefined) {
    throw new Error(`the bookstore does not compile: ${JSON.stringify(diagnostics.find(({ level }) => level === 'error'))}`);
  }
  return artifact;
}
