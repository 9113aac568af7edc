// What one edit costs a compiler that stays.
//   npx tsx bench/incremental.ts [--sizes 1000,5000] [--runs 30] [--write]
// Meshes as in run.ts, with 3 pods a service; `--write` puts the result into README.md. It asserts nothing.
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createCollector } from '../compiler/diagnostics/collector.ts';
import { type Compiler, createCompiler, type KubernetesObject } from '../compiler/index.ts';
import { load } from '../compiler/load/load.ts';
import { rawObjects } from '../compiler/load/raw-objects.ts';
import { generateMesh } from './generate-mesh.ts';
import { median } from './growth.ts';
import { writeBetween } from './write-between.ts';

const { values } = parseArgs({ options: { sizes: { type: 'string', default: '1000,5000' }, runs: { type: 'string', default: '30' }, write: { type: 'boolean', default: false } } });
const runs = Number(values.runs);

type Fields = Record<string, unknown>;

/** An edit of one object: `number` makes each different from the one before. */
const edits: Readonly<Record<string, readonly [kind: string, change: (object: Fields & { spec: Fields; status: Fields }, number: number) => void]>> = {
  'no change': ['', () => {}],
  'EndpointSlice: an address': ['EndpointSlice', (object, number) => {
    const [first, ...others] = object['endpoints'] as Fields[];
    object['endpoints'] = [{ ...first, addresses: [`10.250.0.${(number % 250) + 1}`] }, ...others];
  }],
  'Pod: its address': ['Pod', ({ status }, number) => Object.assign(status, { podIP: `10.250.0.${(number % 250) + 1}`, podIPs: [{ ip: `10.250.0.${(number % 250) + 1}` }] })],
  'Pod: something that means nothing here': ['Pod', ({ status }, number) => { status['startTime'] = String(number); }],
  'TrafficSplit: a weight': ['TrafficSplit', ({ spec }, number) => { spec['backends'] = (spec['backends'] as Fields[]).map((backend, index) => (index === 0 ? { ...backend, weight: (number % 100) + 1 } : backend)); }],
  'TrafficTarget: a source': ['TrafficTarget', ({ spec }, number) => { spec['sources'] = (spec['sources'] as Fields[]).slice(number % 2); }],
  'HTTPRouteGroup: a path': ['HTTPRouteGroup', ({ spec }, number) => { spec['matches'] = (spec['matches'] as Fields[]).map((match, index) => (index === 0 ? { ...match, pathRegex: `/v${number}` } : match)); }],
};

/** Milliseconds: of the clock, and of the processor, which other programs on the machine disturb less. */
interface Cost {
  readonly clock: number;
  readonly processor: number;
}

function compileOnce(compiler: Compiler): Cost {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const { artifact } = compiler.compile();
  const [clock, used] = [performance.now() - start, process.cpuUsage(before)];
  if (!artifact) throw new Error('The mesh does not compile.');
  return { clock, processor: (used.user + used.system) / 1000 };
}

function measure(services: number): { readonly first: Cost; readonly costs: ReadonlyMap<string, Cost> } {
  const collector = createCollector();
  const raw = rawObjects(load(generateMesh({ services, permissive: false, seed: 1 }), collector), collector);
  const objects = raw.map(({ value }) => value as unknown as KubernetesObject);
  const compiler = createCompiler({ complete: true });
  for (const object of objects) compiler.set(object);
  const first = compileOnce(compiler);
  const costs = new Map<string, Cost>();
  for (const [title, [kind, change]] of Object.entries(edits)) {
    const edited = objects.filter((object) => object.kind === kind)[7];
    const all: Cost[] = [];
    // The first ones are for the just-in-time compiler.
    for (let number = -10; number < runs; number++) {
      const copy = structuredClone(edited);
      if (copy) {
        change(copy as unknown as Fields & { spec: Fields; status: Fields }, number + 20);
        compiler.set(copy);
      }
      const cost = compileOnce(compiler);
      if (number >= 0) all.push(cost);
    }
    costs.set(title, { clock: median(all.map(({ clock }) => clock)), processor: median(all.map(({ processor }) => processor)) });
  }
  return { first, costs };
}

const words = ({ clock, processor }: Cost): string => [clock, processor].map((time) => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`).join(' | ');
const sizes = values.sizes.split(',').map(Number);
const results = sizes.map((services) => ({ services, ...measure(services) }));
const text = [
  `${cpus()[0]?.model.trim() ?? 'An unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}. Medians of ${runs} edits, each compiled by itself.`,
  '',
  `| edit | ${sizes.map((services) => `${services} services, ${services * 3} pods | processor`).join(' | ')} |`,
  `| --- | ${sizes.map(() => '---: | ---:').join(' | ')} |`,
  `| the first compilation, of everything | ${results.map(({ first }) => words(first)).join(' | ')} |`,
  ...Object.keys(edits).map((title) => `| ${title} | ${results.map(({ costs }) => words(costs.get(title) ?? { clock: Number.NaN, processor: Number.NaN })).join(' | ')} |`),
].join('\n');
console.log(text);
if (values.write) writeBetween(join(import.meta.dirname, 'README.md'), 'incremental', text);
