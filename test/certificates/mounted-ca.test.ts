import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../e2e/under-load/until.ts';
import { caFiles, createCaFolder, readCaFiles, readCaFolder, readFilesOf } from '../../server/certificates/ca-folder.ts';
import { printState, trustAlso } from '../../server/certificates/ca-state.ts';
import { openInternalCA } from '../../server/certificates/internal-ca.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { inFolder } from './in-folder.ts';

type Files = Readonly<Record<string, string>>;

/** Puts files there as kubelet mounts a Secret for a pod with an fsGroup: a folder behind a link, which is replaced whole. */
function mount(folder: string, files: Files, round: number, mode = 0o440): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o1777);
  const content = join(folder, `..round-${round}`);
  mkdirSync(content);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(content, name), text);
    chmodSync(join(content, name), mode);
  }
  symlinkSync(`..round-${round}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (round === 1) {
    Object.keys(files).forEach((name) => symlinkSync(join('..data', name), join(folder, name)));
  }
}

test('a CA that is mounted from a Secret is read, although the folder is open and its files are for a group', async () => {
  const files = caFiles(await makeRoot('ecdsa', 3650, systemClock), 'ecdsa');
  await inFolder(async (folder) => {
    mount(folder, files, 1);
    const { state, signing } = await readCaFolder(folder);
    assert.is(state.signing, signing.id);
    assert.equal(readCaFiles(files).state, state);
  });
});

test('it is refused where others than owner and group may read the key, and where the group may write it', async () => {
  const files = caFiles(await makeRoot('ecdsa', 3650, systemClock), 'ecdsa');
  for (const mode of [0o444, 0o460]) {
    await inFolder(async (folder) => {
      mount(folder, files, 1, mode);
      const error = await readCaFolder(folder).then(() => undefined, String);
      assert.match(error ?? '', 'others than its owner may open');
    });
  }
});

test('the server follows a Secret that is changed', async () => {
  const [old, fresh] = [await makeRoot('ecdsa', 3650, systemClock), await makeRoot('ecdsa', 3650, systemClock)];
  const files = caFiles(old, 'ecdsa');
  const more = caFiles(fresh, 'ecdsa');
  await inFolder(async (folder) => {
    // Names that come later have no link yet in this imitation.
    mount(folder, { ...files, ...more, 'ca.json': files['ca.json'] ?? '' }, 1);
    const ca = await openInternalCA(folder, systemClock);
    try {
      const { state } = readCaFiles(files);
      mount(folder, { ...files, ...more, 'ca.json': printState(trustAlso(state, readCaFiles(more).state.signing)) }, 2);
      await until('both roots are trusted', async () => ca.state().trusted.length === 2);
    } finally {
      ca.close();
    }
  });
});

test("a folder's files are those that a Secret of the same CA would hold", async () => {
  const root = await makeRoot('ecdsa', 3650, systemClock);
  await inFolder(async (folder) => {
    await createCaFolder(folder, root, 'ecdsa');
    assert.equal(await readFilesOf(folder), caFiles(root, 'ecdsa'));
  });
});

test.run();
