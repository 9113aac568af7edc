// The project's own lint rules, over all hand-written source files. Prints `file:line: what` and fails if there is anything.
import { readFileSync } from 'node:fs';
import { fileLengthFaults } from './file-length.ts';
import { importDirectionFaults } from './import-direction.ts';
import { leftoverFaults } from './leftovers.ts';
import { lockFileFaults } from './lock-file.ts';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles();
const lock = { path: 'package-lock.json', text: readFileSync('package-lock.json', 'utf8') };
const faults = [
  ...files.flatMap((file) => [...importDirectionFaults(file), ...fileLengthFaults(file), ...leftoverFaults(file)]),
  ...lockFileFaults(lock),
];

for (const fault of faults) {
  console.error(`${fault.path}:${fault.line}: ${fault.message}`);
}
console.log(`${files.length} files checked: import direction, length, leftovers, lock file; ${faults.length} faults.`);
process.exitCode = faults.length > 0 ? 1 : 0;
