import { posix } from 'node:path';
import { codeOnly } from './code-only.ts';
import { type Fault, lineOf, type SourceText } from './source-files.ts';

/**
 * The compiler's stages, in the order in which data runs through them: a stage imports itself and what stands before it.
 * `artifact` is the form that `envoy` fills, so it stands before it.
 */
const stages = ['load', 'resources', 'mesh', 'checks', 'artifact', 'envoy', 'compile-objects', 'create-compiler', 'index'];

/** Parts of the compiler that every stage may use, and that use no stage. */
const leaves = ['decode', 'diagnostics', 'encode', 'memory', 'options', 'order'];

/** Which top-level folders a top-level folder may import. Those that are not named may import all. */
const folders: Readonly<Record<string, readonly string[]>> = {
  compiler: ['compiler'],
  server: ['server', 'compiler'],
  webhook: ['webhook', 'server', 'compiler'],
  install: ['install', 'server', 'webhook', 'compiler'],
  agent: ['agent', 'webhook', 'server', 'compiler'],
  demo: ['demo', 'server', 'webhook', 'compiler'],
  cli: ['cli', 'agent', 'demo', 'install', 'server', 'webhook', 'compiler', 'package.json'],
};

/** Modules of Node's that compute and touch nothing outside. */
const pureModules = ['node:crypto'];

/** What would make a compilation depend on more than its input. */
const impure = /(?<![\w.$])(process|performance|fetch|setTimeout|setInterval|setImmediate|console|Date\.now|new Date\(\)|Math\.random|globalThis)(?![\w$:])/g;

/** Imports that point the wrong way, and what in `compiler/` would keep it from being a pure function. */
export function importDirectionFaults(file: SourceText): Fault[] {
  const faults: Fault[] = [];
  for (const match of file.text.matchAll(/^(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)) {
    const target = match[1] ?? match[2] ?? '';
    const message = importFault(file.path, target);
    if (message !== undefined) {
      faults.push({ path: file.path, line: lineOf(file.text, match.index + match[0].length), message });
    }
  }
  if (file.path.startsWith('compiler/')) {
    const code = codeOnly(file.text);
    for (const match of code.matchAll(impure)) {
      faults.push({ path: file.path, line: lineOf(code, match.index), message: `compiler/ is a pure function: no ${match[0]}` });
    }
  }
  return faults;
}

function importFault(from: string, target: string): string | undefined {
  const [folder] = from.split('/');
  if (!target.startsWith('.')) {
    return folder === 'compiler' && target.startsWith('node:') && !pureModules.includes(target)
      ? `compiler/ is a pure function: it must not import ${target}`
      : undefined;
  }
  const to = posix.join(posix.dirname(from), target);
  const [toFolder = ''] = to.split('/');
  if (folder !== undefined && folders[folder]?.includes(toFolder) === false) {
    return `${folder}/ must not import ${to}: it may import ${folders[folder].join(', ')}`;
  }
  return folder === 'compiler' ? stageFault(partOf(from), partOf(to), to) : undefined;
}

/** `compiler/mesh/mesh.ts` → `mesh`, `compiler/index.ts` → `index`. */
function partOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.\w+$/, '');
}

function stageFault(from: string, to: string, path: string): string | undefined {
  if (leaves.includes(to)) {
    return undefined;
  }
  if (!stages.includes(to)) {
    return `${path}: compiler/${to} is no stage that scripts/check/import-direction.ts knows`;
  }
  if (leaves.includes(from)) {
    return `compiler/${from} is used by every stage and must not import the stage ${to}`;
  }
  return stages.indexOf(to) > stages.indexOf(from) ? `the stage ${from} must not import ${path}: ${to} comes after it` : undefined;
}
