// A mesh leaves nothing behind, however its maker ends.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sweep } from '../../demo/rig/cleanup.ts';
import { runScript } from '../../demo/rig/shell.ts';
import { missingForMesh } from './start-test-mesh.ts';

const cleanup = suite('clean-up');
const test = missingForMesh() === undefined ? cleanup : cleanup.skip;

/** A process that no longer exists. */
async function deadProcess(): Promise<number> {
  const child = fork(join(import.meta.dirname, 'no-such-file.ts'), { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

function leftovers(pid: number): readonly string[] {
  return ['/run/netns', '/etc/netns'].filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(`smic-${pid}-`)));
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('nothing is left of a mesh whose maker was killed', async () => {
  const maker: ChildProcess = fork(join(import.meta.dirname, 'crash.ts'), { execArgv: ['--import', 'tsx'] });
  const pid = maker.pid ?? 0;
  const [{ folder, envoy, server }] = (await once(maker, 'message')) as [{ readonly folder: string; readonly envoy: number; readonly server: number }];
  assert.ok(leftovers(pid).length > 0);
  assert.ok(existsSync(folder));
  assert.ok(existsSync(`/proc/${envoy}`));
  maker.kill('SIGKILL');
  await once(maker, 'exit');
  await until(() => leftovers(pid).length === 0, leftovers(pid).join(' '));
  await until(() => ![envoy, server].some((process) => existsSync(`/proc/${process}`)), 'processes are left');
  await until(() => !existsSync(folder), `${folder} is left`);
});

test('what even the guard has left is swept away by the next mesh', async () => {
  const pid = await deadProcess();
  const netns = `smic-${pid}-1-node`;
  await runScript(`ip netns add ${netns}\nip netns exec ${netns} sleep 300 >/dev/null 2>&1 &\n`);
  mkdirSync(`/etc/netns/${netns}`, { recursive: true });
  writeFileSync(`/etc/netns/${netns}/hosts`, '');
  assert.is(leftovers(pid).length, 2);
  await sweep();
  assert.equal(leftovers(pid), []);
});

test("a living maker's mesh is not swept away", async () => {
  const netns = `smic-${process.pid}-test-node`;
  await runScript(`ip netns add ${netns}\n`);
  await sweep();
  assert.ok(leftovers(process.pid).includes(netns));
  await runScript(`ip netns delete ${netns}\n`);
});

cleanup.run();
