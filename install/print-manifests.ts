import { stringify } from 'yaml';
import type { Manifest } from './manifest.ts';

/** YAML, a document an object. Texts that another reader of YAML could take for something else are quoted. */
export function printManifests(list: readonly Manifest[]): string {
  return list.map((manifest) => `---\n${stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })}`).join('');
}
