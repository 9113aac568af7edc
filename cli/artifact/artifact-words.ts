import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { plural } from '../terminal/plural.ts';
import { measureArtifact } from './measure-artifact.ts';

/** `5 proxy classes, 61 resources`: different resources, each counted once. */
export function artifactWords(artifact: Artifact): string {
  return `${plural(artifact.classes.length, 'proxy class', 'proxy classes')}, ${plural(measureArtifact(artifact).distinct.total.resources, 'resource')}`;
}
