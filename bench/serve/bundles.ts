import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBundle } from '../../compiler/artifact/bundle.ts';
import { generateMesh } from '../generate-mesh.ts';

/**
 * What is pushed. `routes`: one RouteConfiguration of every class changes. `everything`: all clusters with mutual TLS, all
 * endpoints, a listener and a RouteConfiguration of every class. `three`: a RouteConfiguration of one class, which has three pods.
 */
export const changes = ['routes', 'everything', 'three'] as const;
export type Change = (typeof changes)[number];

export const podsPerService = 3;
/** So that a sidecar gets about 68 KB. */
const calls = 13;

/** What a change does to the mesh's YAML. */
const edits: Readonly<Record<'base' | Change, (text: string) => string>> = {
  base: (text) => text,
  routes: otherPaths,
  everything: (text) => otherPaths(text).replaceAll(/ 10\.128\./g, ' 10.138.').replace('tlsMaxProtocolVersion: TLSv1_3', 'tlsMaxProtocolVersion: TLSv1_2'),
  // A service that isn't split has one class.
  three: (text) => text.replaceAll(/pathRegex: \/(?=service-00001\b)/g, 'pathRegex: /v2/'),
};

function otherPaths(text: string): string {
  return text.replaceAll('pathRegex: /', 'pathRegex: /v2/');
}

/** A pod of the mesh. */
export interface Sidecar {
  /** `<namespace>/<pod>` */
  readonly nodeId: string;
  readonly identity: string;
}

/**
 * Compiles a mesh of so many services, and what each change makes of it, with the built command: `base.bundle` and
 * `<change>.bundle` in `folder`. Gives the pods: the first of each service, then the second of each, and so on.
 */
export function writeBundles(command: string, folder: string, services: number): readonly Sidecar[] {
  const files = generateMesh({ services, permissive: false, seed: 1, calls });
  for (const [name, edit] of Object.entries(edits)) {
    const mesh = join(folder, name);
    mkdirSync(mesh);
    for (const file of files) writeFileSync(join(mesh, file.name), edit(file.text));
    // From within, since sources name files as they were named here.
    execFileSync(process.execPath, [command, 'compile', '.', '--bundle', join('..', `${name}.bundle`)], { cwd: mesh, stdio: 'pipe' });
  }
  const pods = decodeBundle(readFileSync(join(folder, 'base.bundle'))).classes.flatMap(({ namespace, identity, pods: names }) =>
    names.map((pod) => ({ nodeId: `${namespace}/${pod}`, identity, order: `${pod.slice(-1)} ${namespace} ${pod}` })),
  );
  return pods.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ nodeId, identity }) => ({ nodeId, identity }));
}
