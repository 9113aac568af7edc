import { writeFileSync, renameSync } from 'node:fs';
import { encodeBundle } from '../../compiler/artifact/bundle.ts';
import { compile, type SourceFile } from '../../compiler/index.ts';

/** Compiles the texts, and puts the artifact at `path` as one file, by rename. Throws with the findings where there is an error. */
export function placeArtifact(path: string, files: readonly SourceFile[]): void {
  const { artifact, diagnostics } = compile(files);
  if (artifact === undefined) {
    const findings = diagnostics.filter(({ level }) => level === 'error').map(({ code, message }) => `${code} ${message}`);
    throw new Error(`it does not compile:\n${findings.join('\n')}`);
  }
  writeFileSync(`${path}.new`, encodeBundle(artifact));
  renameSync(`${path}.new`, path);
}
