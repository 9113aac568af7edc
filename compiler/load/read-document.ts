import { readJson } from './read-json.ts';
import { readSimpleYaml } from './read-simple-yaml.ts';
import { readYaml } from './read-yaml.ts';
import type { Reading } from './reading.ts';
import type { Recorder } from './record.ts';

/**
 * Reads one document: by the fast reader for its style if that knows all of it, otherwise by the full one, which gives
 * the same value. With a recorder, the place of each entry is kept in it.
 */
export function readDocument(text: string, recorder?: Recorder): Reading {
  const fast = readJson(text, recorder) ?? readSimpleYaml(text, recorder);
  return fast ? { value: fast.value, problems: [] } : readYaml(text, recorder);
}
