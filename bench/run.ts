import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCold, type MeshFigures, measureMesh, type Workbench } from './measure-mesh.ts';
import { report } from './report.ts';
import { writeBetween } from './write-between.ts';

/* Measures and prints a report: `npm run bench -- [--sizes 50,200] [--runs 5] [--mode policy|permissive|both] [--write]`. Asserts no times. */

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '50,200,500,1000,2000,5000' },
    runs: { type: 'string', default: '5' },
    mode: { type: 'string', default: 'both' },
    write: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes.split(',').map(Number);
const runs = Number(values.runs);
const modes = { policy: [false], permissive: [true], both: [false, true] }[values.mode];
if (modes === undefined || !Number.isInteger(runs) || runs < 1 || sizes.some((size) => !Number.isInteger(size) || size < 2)) {
  console.error('usage: npm run bench -- [--sizes 50,200] [--runs 5] [--mode policy|permissive|both] [--write]');
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const bench: Workbench = {
  command: join(root, 'dist/bin/smic.js'),
  library: join(root, 'dist/compiler/index.js'),
  scratch: mkdtempSync(join(tmpdir(), 'smic-bench-')),
};
for (const path of [bench.command, bench.library]) {
  if (!existsSync(path)) {
    console.error(`${path} is not there: run \`npm run build\` first.`);
    process.exit(2);
  }
}

const failures: string[] = [];
/** Undefined where it fails: the other figures are still worth having. */
function attempt<T>(what: string, measure: () => T): T | undefined {
  process.stderr.write(`${what} …`);
  try {
    const figures = measure();
    process.stderr.write(' done\n');
    return figures;
  } catch (error) {
    process.stderr.write(` failed: ${String(error)}\n`);
    failures.push(what);
    return undefined;
  }
}

try {
  const bookstoreSeconds = attempt('bookstore', () => measureCold(join(root, 'fixtures/bookstore'), runs, bench));
  const meshes = modes
    .flatMap((permissive) => sizes.map((services) => ({ services, permissive })))
    .map((shape) => attempt(`${shape.services} services, ${shape.permissive ? 'permissive' : 'policy'} mode`, () => measureMesh(shape, runs, bench)))
    .filter((figures): figures is MeshFigures => figures !== undefined);
  const gigabytes = Math.round(totalmem() / 1e9);
  const machine = `${cpus()[0]?.model.trim() ?? 'An unknown CPU'}, ${availableParallelism()} cores, ${gigabytes} GB, Node ${process.version}.`;
  const text = report({ machine, runs, bookstoreSeconds, meshes, failures });
  console.log(text);
  if (values.write) writeBetween(join(import.meta.dirname, 'README.md'), 'bench', text);
} finally {
  rmSync(bench.scratch, { recursive: true, force: true });
}
process.exitCode = failures.length === 0 ? 0 : 1;
