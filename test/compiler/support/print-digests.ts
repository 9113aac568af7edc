// Prints a digest of everything that the compiler makes of each golden case, for a test that runs this twice in different
// surroundings.
import { createHash } from 'node:crypto';
import { artifactFiles, encodeBundle } from '../../../compiler/index.ts';
import { compileCase, goldenCases } from '../../goldens/golden-case.ts';

for (const golden of goldenCases('')) {
  const { artifact, diagnostics } = compileCase(golden);
  const hash = createHash('sha256').update(JSON.stringify(diagnostics));
  if (artifact) {
    for (const { path, content } of artifactFiles(artifact)) hash.update(path).update(content);
    hash.update(encodeBundle(artifact));
  }
  console.log(golden.name, hash.digest('hex'));
}
