import { readdirSync, readFileSync } from 'node:fs';
import { compile, artifactFiles, encodeBundle } from '../../compiler/index.ts';
import { decodeBundle } from '../../compiler/artifact/bundle.ts';
import { artifactFromFiles } from '../../compiler/artifact/artifact-from-files.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { isDeepStrictEqual } from 'node:util';
const dir = process.argv[2]!;
const files = readdirSync(dir).filter((n) => n.endsWith('.yaml')).map((n) => ({ name: n, text: readFileSync(`${dir}/${n}`, 'utf8') }));
let t = performance.now(); const lap = (w: string) => { console.log(w.padEnd(20), (performance.now() - t).toFixed(0), 'ms', (process.memoryUsage().rss / 1e6).toFixed(0), 'MB'); t = performance.now(); };
const r = compile(files, {}, (s) => lap('  ' + s));
if (!r.artifact) { console.log(r.diagnostics.filter((d) => d.level === 'error').slice(0, 3)); process.exit(1); }
const a = r.artifact;
console.log('classes', a.classes.length, 'sets', a.sets.length, 'resources', new Set(a.classes.flatMap((c) => c.resources)).size);
t = performance.now();
let bytes = 0, n = 0; const map = new Map<string, string>();
for (const f of artifactFiles(a)) { bytes += f.content.length; n += 1; if (process.argv[3]) map.set(f.path, f.content); if (f.path === 'manifest.json') lap('manifest'); }
lap('files'); console.log(n, 'files', (bytes / 1e6).toFixed(1), 'MB');
const b = encodeBundle(a); lap('bundle'); console.log((b.length / 1e6).toFixed(1), 'MB');
const d = decodeBundle(b); lap('decode');
if (process.argv[3]) { const l = artifactFromFiles(map, createEncoder()); lap('from files'); console.log('equal', isDeepStrictEqual(JSON.parse(JSON.stringify(l)), JSON.parse(JSON.stringify(d)))); console.log([...map].find(([p]) => p.endsWith('sources.json'))![1].slice(0, 1500)); }
const idx = Buffer.from(b).readUInt32LE(12); console.log('index', (idx / 1e6).toFixed(1), 'MB');
const u = [...new Set(a.classes.flatMap((c) => c.resources))];
for (const ty of ['cluster','endpoint','secret','listener','route']) { const x = u.filter((q) => q.type === ty); console.log(ty, x.length, (x.reduce((s, q) => s + q.bytes.length, 0) / 1e6).toFixed(2), 'MB', x.reduce((s, q) => s + q.sources.length, 0), 'sources'); }
