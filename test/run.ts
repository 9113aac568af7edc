// Runs the tests: every *.test.ts under test/ (or under the folder that is given), each file in a process of its own.
//   FILTER=x                  only test files with x in their path; else, only fixtures with x in theirs (see select-files.ts)
//   TEST_DEADLINE=seconds     when a file counts as hanging (default 300)
//   SMIC_REQUIRE_ENVOY=1      a missing Envoy is a failure; SMIC_REQUIRE_MESH=1, SMIC_REQUIRE_OPENSSL=1 and SMIC_REQUIRE_KUBERNETES=1 likewise
// Ends with a line `N passed, N failed` and exit code 1 unless all is well.
import { availableParallelism } from 'node:os';
import { findEnvoy } from './runner/find-envoy.ts';
import { type FileResult, runFile } from './runner/run-file.ts';
import { selectFiles } from './runner/select-files.ts';

const root = process.argv[2] ?? 'test';
const selection = selectFiles(root, process.env['FILTER'] ?? '');
const envoy = findEnvoy();
if (envoy.note !== undefined) {
  console.log(envoy.note);
}

const results: FileResult[] = [];
/** Real meshes under load, where a request that comes late counts: they share the machine with nothing. */
const runsAlone = (file: string): boolean => /(^|\/)(e2e|demo)\//.test(file);
const deadline = Number(process.env['TEST_DEADLINE'] ?? 300) * 1000;
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, FILTER: selection.fixtureFilter, ENVOY_BIN: envoy.path };

async function work(queue: string[]): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await runFile(file, env, deadline);
    results.push(result);
    print(result);
  }
}

function print(result: FileResult): void {
  const counts = [
    `${result.passed} passed`,
    ...(result.failed > 0 ? [`${result.failed} failed`] : []),
    ...(result.skipped > 0 ? [`${result.skipped} skipped`] : []),
  ];
  console.log(`${result.failed > 0 ? 'FAIL' : 'ok  '} ${result.file}  ${counts.join(', ')}  ${(result.milliseconds / 1000).toFixed(1)} s`);
  if (result.failed > 0) {
    console.log(result.output.trimEnd().replace(/^/gm, '     '));
  }
  for (const fault of result.faults) {
    console.log(`     ${fault}`);
  }
}

// Two at once suffice for two cores; more would make a slow file look like a hanging one.
const together = selection.files.filter((file) => !runsAlone(file));
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => work(together)));
await work(selection.files.filter(runsAlone));

const sum = (count: (result: FileResult) => number): number => results.reduce((total, result) => total + count(result), 0);
const passed = sum((result) => result.passed);
const skipped = sum((result) => result.skipped);
let failed = sum((result) => result.failed);
if (selection.fault !== undefined) {
  console.log(`FAIL ${selection.fault}`);
  failed += 1;
}
if (envoy.fault !== undefined) {
  console.log(`FAIL ${envoy.fault}`);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
