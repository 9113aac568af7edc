import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateMesh } from './generate-mesh.ts';

/* Writes a generated mesh into a folder: `npx tsx bench/write-mesh.ts --services 500 --out DIR [--seed 1] [--permissive]`. */

const { values } = parseArgs({
  options: {
    services: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    permissive: { type: 'boolean', default: false },
  },
});
if (values.services === undefined || values.out === undefined) {
  console.error('usage: npx tsx bench/write-mesh.ts --services NUMBER --out DIR [--seed NUMBER] [--permissive]');
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
for (const file of generateMesh({ services: Number(values.services), permissive: values.permissive, seed: Number(values.seed) })) {
  writeFileSync(join(values.out, file.name), file.text);
}
