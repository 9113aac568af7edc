import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../compiler/artifact/bundle.ts';
import { type ArtifactSource, type LoadResult, openArtifactSource } from '../../server/artifacts/artifact-source.ts';
import { readArtifact } from '../../server/artifacts/read-artifact.ts';
import type { Configurations } from '../../server/configuration/configuration.ts';
import { configurationsOf } from '../../server/configuration/configurations.ts';
import { createLog } from '../../server/log.ts';
import { writeArtifact } from '../../cli/output/write-artifact.ts';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import { bookstoreArtifact } from './support/bookstore-artifact.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const [before, after] = [bookstoreArtifact({ v1: 100, v2: 0 }), bookstoreArtifact({ v1: 50, v2: 50 })];

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Watched {
  readonly source: ArtifactSource;
  readonly served: Configurations[];
  readonly results: LoadResult[];
  readonly lines: string[];
  /** Waits until the digest of what is served has changed, or something was refused, `count` times in all. */
  happened(count: number): Promise<void>;
}

async function watched(path: string, use: (watched: Watched) => Promise<void>): Promise<void> {
  const [served, results, lines]: [Configurations[], LoadResult[], string[]] = [[], [], []];
  const source = await openArtifactSource({
    path,
    log: createLog('debug', { write: (line: string) => void lines.push(line) }),
    prepare: configurationsOf,
    swap: (configurations) => served.push(configurations),
    loaded: (result) => results.push(result),
  });
  const happened = async (count: number): Promise<void> => {
    while (results.filter(({ outcome }) => outcome !== 'unchanged').length < count) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  try {
    await use({ source, served, results, lines, happened });
  } finally {
    source.close();
  }
}

const write = async (folder: string, artifact: typeof before): Promise<unknown> => writeArtifact(folder, () => artifactFiles(artifact), false);
const digests = [before, after].map(async (artifact) => inspect(artifact));
const [digestBefore, digestAfter] = await Promise.all(digests);

async function inspect(artifact: typeof before): Promise<string> {
  let digest = '';
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'bundle'), encodeBundle(artifact));
    ({ digest } = configurationsOf(await readArtifact(join(folder, 'bundle'))));
  });
  return digest;
}

test('a folder and a bundle are the same artifact', async () => {
  await inFolder(async (folder) => {
    await write(join(folder, 'mesh'), before);
    assert.is(configurationsOf(await readArtifact(join(folder, 'mesh'))).digest, digestBefore);
    assert.is.not(digestBefore, digestAfter);
  });
});

test('a folder that smic compile exchanges', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'mesh');
    await write(path, before);
    await watched(path, async ({ source, served, happened }) => {
      await write(path, after);
      await happened(2);
      assert.equal(served.map(({ digest }) => digest), [digestBefore, digestAfter]);
      assert.is(source.status().digest, digestAfter);
      await write(path, before);
      await happened(3);
      assert.is(source.status().digest, digestBefore);
    });
  });
});

test('a bundle that is replaced by renaming, and one that is written in place', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'mesh.bundle');
    writeFileSync(path, encodeBundle(before));
    await watched(path, async ({ source, happened }) => {
      writeFileSync(`${path}.new`, encodeBundle(after));
      renameSync(`${path}.new`, path);
      await happened(2);
      assert.is(source.status().digest, digestAfter);
      writeFileSync(path, encodeBundle(before));
      while (source.status().digest !== digestBefore) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
  });
});

for (const form of ['bundle', 'folder'] as const) {
  test(`a ${form} in a mounted ConfigMap: a link to a folder is exchanged`, async () => {
    await inFolder(async (folder) => {
      const path = form === 'bundle' ? join(folder, 'mesh.bundle') : folder;
      const put = async (name: string, artifact: typeof before): Promise<void> => {
        mkdirSync(join(folder, name));
        if (form === 'bundle') {
          writeFileSync(join(folder, name, 'mesh.bundle'), encodeBundle(artifact));
        } else {
          await write(join(folder, name, 'x'), artifact);
          cpSync(join(folder, name, 'x'), join(folder, name), { recursive: true });
          rmSync(join(folder, name, 'x'), { recursive: true });
        }
        symlinkSync(name, join(folder, '..data_tmp'));
        renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
      };
      await put('..1', before);
      for (const entry of form === 'bundle' ? ['mesh.bundle'] : ['manifest.json', 'proxies']) {
        symlinkSync(join('..data', entry), join(folder, entry));
      }
      await watched(path, async ({ source, happened }) => {
        assert.is(source.status().digest, digestBefore);
        await put('..2', after);
        rmSync(join(folder, '..1'), { recursive: true });
        await happened(2);
        assert.is(source.status().digest, digestAfter);
      });
    });
  });
}

test('a link higher up in the path is exchanged', async () => {
  await inFolder(async (folder) => {
    for (const [name, artifact] of [['1', before], ['2', after]] as const) {
      mkdirSync(join(folder, name, 'sub'), { recursive: true });
      await write(join(folder, name, 'sub', 'mesh'), artifact);
    }
    symlinkSync('1', join(folder, 'current'));
    await watched(join(folder, 'current', 'sub', 'mesh'), async ({ source, happened }) => {
      symlinkSync('2', join(folder, 'next'));
      renameSync(join(folder, 'next'), join(folder, 'current'));
      await happened(2);
      assert.is(source.status().digest, digestAfter);
    });
  });
});

const damages: Readonly<Record<string, (path: string) => void>> = {
  'cut off': (path) => writeFileSync(path, encodeBundle(after).subarray(0, 5000)),
  empty: (path) => writeFileSync(path, ''),
  damaged: (path) => {
    const bytes = Buffer.from(encodeBundle(after));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20);
    writeFileSync(path, bytes);
  },
  gone: (path) => rmSync(path),
};

for (const [name, damage] of Object.entries(damages)) {
  test(`a bundle that is ${name} is refused; the one before is served on, until there is a good one`, async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'mesh.bundle');
      writeFileSync(path, encodeBundle(before));
      await watched(path, async ({ source, served, results, lines, happened }) => {
        damage(path);
        await happened(2);
        assert.is(results.at(-1)?.outcome, 'refused');
        assert.is(source.status().digest, digestBefore);
        assert.ok((source.status().refused?.reason ?? '') !== '');
        assert.is(served.length, 1);
        assert.match(lines.join(''), 'refused a new artifact');
        writeFileSync(`${path}.new`, encodeBundle(after));
        renameSync(`${path}.new`, path);
        while (source.status().digest !== digestAfter) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        assert.is(source.status().refused, undefined);
      });
    });
  });
}

test('a folder that was edited by hand is refused', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'mesh');
    await write(path, before);
    await watched(path, async ({ source, happened }) => {
      const file = join(path, 'proxies', 'bookbuyer', 'bookbuyer', 'clusters.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"connect_timeout": "', '"connect_timeout": "1'));
      await source.reload('signal');
      await happened(2);
      assert.match(source.status().refused?.reason ?? '', 'is not what was compiled');
      assert.is(source.status().digest, digestBefore);
    });
  });
});

test('an artifact whose parts do not fit together is refused, although every digest is right', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'mesh.bundle');
    writeFileSync(path, encodeBundle(before));
    const without = (type: ResourceType, keep: (name: string) => boolean): Uint8Array =>
      encodeBundle({ ...before, classes: before.classes.map((proxy) => ({ ...proxy, resources: proxy.resources.filter((one) => one.type !== type || keep(one.name)) })) });
    const [route] = before.classes.flatMap(({ resources }) => resources).filter(({ type }) => type === 'route');
    assert.ok(route);
    const renamed = encodeBundle({ ...before, classes: before.classes.map((proxy) => ({ ...proxy, resources: proxy.resources.map((one) => (one.type === 'cluster' ? { ...one, name: `${one.name}x` } : one)) })) });
    await watched(path, async ({ source, happened }) => {
      const faulty: readonly (readonly [Uint8Array, RegExp])[] = [
        [without('route', (name) => name !== route.name), /refers to the route configuration .* which isn't there/],
        [without('cluster', () => false), /cluster/],
        [without('secret', () => false), /secret/],
        [renamed, /its message has the name/],
      ];
      for (const [index, [bytes, reason]] of faulty.entries()) {
        writeFileSync(`${path}.new`, bytes);
        renameSync(`${path}.new`, path);
        await happened(index + 2);
        while (!reason.test(source.status().refused?.reason ?? '')) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        assert.is(source.status().digest, digestBefore);
      }
    });
  });
});

test('what is written again and again is read consistently', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'mesh');
    await write(path, before);
    await watched(path, async ({ source, results }) => {
      for (let round = 0; round < 20; round += 1) {
        await Promise.all([write(path, round % 2 === 0 ? after : before), source.reload('signal')]);
      }
      await source.reload('signal');
      assert.is(source.status().digest, digestBefore);
      assert.equal(results.filter(({ outcome }) => outcome === 'refused'), []);
    });
  });
});

test('without a good one from the start there is nothing to serve', async () => {
  await inFolder(async (folder) => {
    const options = { log: createLog('silent'), prepare: configurationsOf, swap: () => {}, loaded: () => {} };
    for (const path of [join(folder, 'nowhere'), folder, '/dev/null']) {
      try {
        await openArtifactSource({ path, ...options });
        assert.unreachable(path);
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof assert.Assertion), path);
      }
    }
  });
});

test.run();
