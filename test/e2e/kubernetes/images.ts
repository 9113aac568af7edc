import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramCall } from '../../../demo/pod/pod-process.ts';
import type { Image } from '../../kubernetes/node/image.ts';
import type { PodObject } from '../../kubernetes/pod-object.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What Dockerfile puts into the image of the server and the sidecars: dist/ as it has been built, Node, and Envoy. @param folder for a file that every user may read */
function smic(folder: string): Image {
  const wrapper = join(folder, 'smic');
  if (!existsSync(wrapper)) {
    writeFileSync(wrapper, '#!/bin/sh\nexec /usr/local/bin/node /smic/dist/bin/smic.js "$@"\n');
    chmodSync(wrapper, 0o755);
  }
  const mount = (source: string, target: string): NonNullable<Image['mounts']>[number] => ({ source, target, readOnly: true });
  return {
    command: ['smic'],
    mounts: [
      ...['package.json', 'node_modules', 'dist'].map((name) => mount(join(root, name), `/smic/${name}`)),
      mount(process.execPath, '/usr/local/bin/node'),
      mount(process.env['ENVOY_BIN'] ?? '', '/usr/local/bin/envoy'),
      mount(wrapper, '/usr/local/bin/smic'),
    ],
  };
}

function application(programs: (identity: string) => readonly ProgramCall[]): Image {
  return { programs: ({ spec }: PodObject) => [{ program: 'client' }, ...programs(spec.serviceAccountName ?? '')] };
}

const applications: Readonly<Record<string, Image>> = {
  bookbuyer: application(() => [{ program: 'load' }]),
  bookthief: application(() => []),
  bookstore: application((identity) => [{ program: 'bookstore', options: { identity } }]),
  bookwarehouse: application(() => [{ program: 'bookwarehouse' }]),
};

/** The images of the bookstore, of smic (`smic`), and of what the machine itself is enough for: smic's init container, and `machine`. */
export function bookstoreImage(name: string, folder: string): Image {
  const repository = name.replace(/:[^/]*$/, '').split('/').at(-1) ?? '';
  if (repository === 'smic') return smic(folder);
  if (repository === 'smic-init' || repository === 'machine') return {};
  const found = applications[repository];
  if (found === undefined) {
    throw new TypeError(`the test has no image ${name}`);
  }
  return found;
}
