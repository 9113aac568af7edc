import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Envoy's JSON, of whatever kind: tests reach into it at will. */
export type Message = any; // oxlint-disable-line no-explicit-any -- see above

/** What one proxy class of a golden case gets, its shared sets with it, as it is committed. */
export interface GoldenProxy {
  /** `<area>/<case> <namespace>/<class>` */
  readonly name: string;
  readonly permissive: boolean;
  readonly trustDomain: string;
  readonly clusters: readonly Message[];
  readonly endpoints: readonly Message[];
  readonly listeners: readonly Message[];
  readonly routes: readonly Message[];
  readonly secrets: readonly Message[];
}

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');
const files = ['clusters', 'endpoints', 'listeners', 'routes', 'secrets'] as const;

/** The proxies of every committed artifact whose case's name contains FILTER. */
export function goldenProxies(): readonly GoldenProxy[] {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('expected/manifest.json') && path.includes(process.env['FILTER'] ?? ''))
    .sort()
    .flatMap((path) => proxiesOf(join(fixtures, dirname(path))));
}

function proxiesOf(folder: string): readonly GoldenProxy[] {
  const manifest: Message = readJson(join(folder, 'manifest.json'));
  return manifest.proxies.map((proxy: Message) => {
    const own = join(folder, 'proxies', proxy.namespace, proxy.name);
    const folders = [own, ...proxy.sets.map((name: string) => join(folder, 'shared', name))];
    const lists = files.map((file) => [file, folders.flatMap((part) => readJson(join(part, `${file}.json`)))]);
    return {
      name: `${relative(fixtures, dirname(folder))} ${proxy.namespace}/${proxy.name}`,
      permissive: manifest.mesh.mode === 'permissive',
      trustDomain: manifest.mesh.trustDomain,
      ...Object.fromEntries(lists),
    };
  });
}

function readJson(path: string): Message {
  return JSON.parse(readFileSync(path, 'utf8'));
}
