// smic serve under load beside go-control-plane's server, with mutual TLS, one after the other on this machine:
//   npx tsx bench/serve.ts [--streams 1000,2000] [--runs 3] [--modes sotw,delta] [--write] [--profile DIR]
// Needs `npm run build`, Go and the load client (see bench/README.md). It asserts no times.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { podsPerService, writeBundles } from './serve/bundles.ts';
import { pause } from './serve/background.ts';
import { makeCredentials } from './serve/certificates.ts';
import type { Contender } from './serve/contender.ts';
import { buildLoadTools, type LoadTools, MissingTool } from './serve/load-tools.ts';
import { type Figures, measure, type Mode } from './serve/measure.ts';
import { startPeer } from './serve/peer-server.ts';
import { type Comparison, report } from './serve/report.ts';
import { command, startSmic } from './serve/smic-server.ts';
import { writeBetween } from './write-between.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '300' },
    runs: { type: 'string', default: '3' },
    modes: { type: 'string', default: 'sotw,delta' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const sizes = values.streams.split(',').map(Number);
const runs = Number(values.runs);
const modes = values.modes.split(',').filter((mode): mode is Mode => mode === 'sotw' || mode === 'delta');
if (sizes.some((size) => !Number.isInteger(size) || size < 30) || !Number.isInteger(runs) || runs < 1 || modes.length === 0) {
  fail('usage: npx tsx bench/serve.ts [--streams 1000,2000] [--runs 3] [--modes sotw,delta] [--write] [--profile DIR]');
}
if (!existsSync(command)) fail(`${command} is not there: run \`npm run build\` first.`);
const tools = loadTools();

const nodeFlags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];
/** Between a server's start and its load. */
const idle = 1500;
const scratch = mkdtempSync(join(tmpdir(), 'smic-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const comparisons: Comparison[] = [];
const checked: string[] = [];
for (const streams of sizes) {
  const folder = join(scratch, String(streams));
  mkdirSync(folder);
  step(`${streams} streams: configuration and certificates`);
  const sidecars = writeBundles(command, folder, Math.ceil(streams / podsPerService)).slice(0, streams);
  const credentials = await makeCredentials(folder, sidecars);
  const smic = (flags: readonly string[] = []): Promise<Contender> => startSmic(folder, credentials, flags);
  const peer = (): Promise<Contender> => startPeer(tools.peer, streams, credentials, folder);
  const once = async (start: () => Promise<Contender>, mode: Mode, validate: boolean): Promise<Figures> => {
    const contender = await start();
    try {
      await pause(idle);
      return await measure(validate ? tools.judge : tools.client, contender, mode, streams, credentials, validate);
    } finally {
      await contender.stop();
    }
  };
  for (const mode of modes) {
    if (streams === sizes[0]) {
      step(`${mode}, every byte checked`);
      await once(smic, mode, true);
      checked.push(`Every resource of ${streams} streams (${mode}) was decoded in full and checked against Envoy's declared rules, before and after each change: none refused.`);
    }
    const figures: { smic: Figures[]; peer: Figures[] } = { smic: [], peer: [] };
    for (let run = 1; run <= runs; run += 1) {
      step(`${mode}, run ${run}: smic`);
      figures.smic.push(await once(() => smic(nodeFlags), mode, false));
      step(`${mode}, run ${run}: peer`);
      figures.peer.push(await once(peer, mode, false));
    }
    comparisons.push({ streams, mode, ...figures });
  }
}
step('certificates');
const certificates = execFileSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'ca.ts'), '--runs', String(runs)], {
  cwd: join(import.meta.dirname, '..'),
  encoding: 'utf8',
});
const machine = `${cpus()[0]?.model.trim() ?? 'An unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}.`;
const text = report({ machine, runs, comparisons, certificates, checked });
console.log(text);
if (values.write) writeBetween(join(import.meta.dirname, 'README.md'), 'serve', text);

function loadTools(): LoadTools {
  try {
    return buildLoadTools();
  } catch (error) {
    if (error instanceof MissingTool) fail(error.message);
    throw error;
  }
}

function step(words: string): void {
  process.stderr.write(`${words}\n`);
}

function fail(words: string): never {
  console.error(words);
  process.exit(2);
}
