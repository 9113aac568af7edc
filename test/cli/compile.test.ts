import { spawn } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { root, runSmic, startSmic } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

async function inWorkspace(use: (cwd: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (cwd) => {
    mkdirSync(join(cwd, 'in'));
    for (const name of ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml']) {
      cpSync(join(root, 'fixtures', 'bookstore', name), join(cwd, 'in', name));
    }
    await use(cwd);
  });
}

function edit(cwd: string, from: string, to: string): void {
  const path = join(cwd, 'in', 'policy.yaml');
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(path, text.replaceAll(from, to));
}

function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => join(entry.parentPath, entry.name)).sort().map((path) => [path, readFileSync(path, 'utf8')]));
}

test('--out writes, then has nothing to do, and --check agrees', async () => {
  await inWorkspace(async (cwd) => {
    const first = await runSmic(['compile', 'in', '--out', 'build/mesh'], { cwd });
    assert.is(first.code, 0, first.stderr);
    assert.is(first.stdout, '');
    assert.match(first.stderr, /compiled \d+ policies, \d+ services: 5 proxy classes, \d+ resources.*; wrote build\/mesh\n$/);
    assert.ok(existsSync(join(cwd, 'build/mesh/proxies/bookbuyer/bookbuyer/listeners.json')));
    assert.match((await runSmic(['compile', 'in', '--out', 'build/mesh'], { cwd })).stderr, 'build/mesh is unchanged');
    const check = await runSmic(['compile', 'in', '--check', 'build/mesh'], { cwd });
    assert.is(check.code, 0);
    assert.is(check.stdout, '');
    assert.match(check.stderr, 'build/mesh is up to date');
  });
});

test('an error leaves the output as it was', async () => {
  await inWorkspace(async (cwd) => {
    await runSmic(['compile', 'in', '--out', 'mesh', '--bundle', 'mesh.bundle'], { cwd });
    const before = contents(cwd);
    edit(cwd, 'kind: TrafficTarget', 'kind: [');
    const { code, stderr } = await runSmic(['compile', 'in', '--out', 'mesh', '--bundle', 'mesh.bundle'], { cwd });
    assert.is(code, 1);
    assert.match(stderr, /^in\/policy\.yaml:\d+:\d+: error SMIC1001: /m);
    assert.match(stderr, /nothing was written, mesh is as it was\n$/);
    const after = contents(cwd);
    const policy = join(cwd, 'in', 'policy.yaml');
    assert.equal({ ...after, [policy]: '' }, { ...before, [policy]: '' });
  });
});

test('--check shows what differs, and says how to accept it', async () => {
  await inWorkspace(async (cwd) => {
    await runSmic(['compile', 'in', '--out', 'mesh'], { cwd });
    const before = contents(join(cwd, 'mesh'));
    edit(cwd, 'pathRegex: /books-bought', 'pathRegex: /books-sold');
    writeFileSync(join(cwd, 'mesh', 'proxies', 'stray.json'), '{}\n');
    const { code, stdout, stderr } = await runSmic(['compile', 'in', '--check', 'mesh'], { cwd });
    assert.is(code, 1);
    assert.match(stdout, /^changed {2}manifest\.json$/m);
    assert.match(stdout, /^removed {2}proxies\/stray\.json$/m);
    assert.match(stdout, /^--- a\/proxies\/bookstore\/bookstore-v1\/routes\.json$/m);
    // Digests follow from the rest: they would only hide it.
    assert.not.match(stdout, '--- a/manifest.json');
    assert.match(stdout, /^-.*\/books-bought"/m);
    assert.match(stdout, /^\+.*\/books-sold"/m);
    assert.match(stderr, /mesh differs .*changed.*1 file removed/);
    assert.match(stderr, '--out mesh');
    assert.equal({ ...contents(join(cwd, 'mesh')), [join(cwd, 'mesh/proxies/stray.json')]: '' }, { ...before, [join(cwd, 'mesh/proxies/stray.json')]: '' });
  });
});

test('an artifact among the input is left alone', async () => {
  await inWorkspace(async (cwd) => {
    await runSmic(['compile', '.', '--out', 'build'], { cwd });
    const { code, stderr } = await runSmic(['compile', '.', '--out', 'build'], { cwd });
    assert.is(code, 0, stderr);
    assert.match(stderr, 'build is unchanged');
    assert.match(stderr, 'build/ is an artifact and was not read');
  });
});

test('-o json and -o yaml are the same document', async () => {
  await inWorkspace(async (cwd) => {
    const json = JSON.parse((await runSmic(['compile', 'in', '-o', 'json'], { cwd })).stdout);
    const yaml = parse((await runSmic(['compile', 'in', '-o', 'yaml'], { cwd })).stdout);
    assert.equal(yaml, json);
    assert.is(json.manifest.formatVersion, 1);
    assert.equal(Object.keys(json.proxies), ['bookbuyer/bookbuyer', 'bookstore/bookstore-v1', 'bookstore/bookstore-v2', 'bookthief/bookthief', 'bookwarehouse/bookwarehouse']);
    assert.equal(Object.keys(json.proxies['bookbuyer/bookbuyer']), ['listeners', 'clusters', 'routes', 'endpoints', 'secrets']);
  });
});

test('--proxy and -t select', async () => {
  await inWorkspace(async (cwd) => {
    const all = JSON.parse((await runSmic(['compile', 'in', '-o', 'json'], { cwd })).stdout);
    const one = JSON.parse((await runSmic(['compile', 'in', '-o', 'json', '--proxy', 'bookbuyer/bookbuyer', '-t', 'cluster,routes'], { cwd })).stdout);
    const { clusters, routes } = all.proxies['bookbuyer/bookbuyer'];
    assert.equal(one.proxies, { 'bookbuyer/bookbuyer': { clusters, routes } });
    assert.ok(clusters.length > 0);
  });
});

test('in permissive mode --proxy has all that the proxy gets', async () => {
  await inWorkspace(async (cwd) => {
    const path = join(cwd, 'in', 'mesh-config.yaml');
    const text = readFileSync(path, 'utf8');
    assert.match(text, 'enablePermissiveTrafficPolicyMode: false');
    writeFileSync(path, text.replace('enablePermissiveTrafficPolicyMode: false', 'enablePermissiveTrafficPolicyMode: true'));
    const all = JSON.parse((await runSmic(['compile', 'in', '-o', 'json'], { cwd })).stdout);
    const one = JSON.parse((await runSmic(['compile', 'in', '-o', 'json', '--proxy', 'bookthief/bookthief'], { cwd })).stdout).proxies['bookthief/bookthief'];
    const own = all.proxies['bookthief/bookthief'];
    const shared = (own.sets ?? []).flatMap((name: string) => all.sets[name].clusters);
    assert.is(one.clusters.length, own.clusters.length + shared.length);
    assert.ok(one.clusters.length > 3);
  });
});

test('--stats as a table and as data', async () => {
  await inWorkspace(async (cwd) => {
    const text = (await runSmic(['compile', 'in', '--stats'], { cwd })).stdout;
    assert.match(text, /^bookbuyer\/bookbuyer +\d+ \/ \d+/m);
    assert.match(text, /^\(distinct\)/m);
    assert.match(text, /^envoy +\d/m);
    const data = JSON.parse((await runSmic(['compile', 'in', '--stats', '-o', 'json', '--out', 'mesh'], { cwd })).stdout);
    const sum = (type: string): number => (Object.values(data.proxies) as Record<string, { bytes: number }>[]).reduce((total, proxy) => total + (proxy[type]?.bytes ?? 0), 0);
    assert.is(data.totals.sent.listener.bytes, sum('listener'));
    assert.ok(data.totals.distinct.total.bytes < data.totals.sent.total.bytes);
    assert.equal(data.stages.map(({ stage }: { stage: string }) => stage), ['read', 'load', 'resources', 'mesh', 'envoy', 'artifact', 'write']);
  });
});

test('--bundle to a file and to stdout gives the same bytes', async () => {
  await inWorkspace(async (cwd) => {
    const { code, stderr } = await runSmic(['compile', 'in', '--bundle', 'mesh.bundle'], { cwd });
    assert.is(code, 0, stderr);
    const child = startSmic(['compile', 'in', '--bundle', '-'], { cwd });
    const chunks: Buffer[] = [];
    child.stdin?.end();
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => child.on('close', resolve));
    assert.ok(Buffer.concat(chunks).equals(readFileSync(join(cwd, 'mesh.bundle'))));
  });
});

test('policy and snapshot from stdin, -f and --snapshot are the same input', async () => {
  await inWorkspace(async (cwd) => {
    await runSmic(['compile', 'in', '--out', 'mesh'], { cwd });
    const manifest = readFileSync(join(cwd, 'mesh', 'manifest.json'), 'utf8');
    const stdin = readFileSync(join(cwd, 'in', 'cluster.yaml'), 'utf8');
    for (const args of [['-f', 'in/policy.yaml', '-f', 'in/split.yaml', '-f', 'in/mesh-config.yaml', '--snapshot', '-'], ['in/policy.yaml', 'in/split.yaml', 'in/mesh-config.yaml', '--snapshot', 'in/cluster.yaml']]) {
      const { code, stderr } = await runSmic(['compile', ...args, '--out', 'again'], { cwd, stdin });
      assert.is(code, 0, stderr);
      assert.is(readFileSync(join(cwd, 'again', 'manifest.json'), 'utf8'), manifest);
    }
  });
});

test('a report on stderr stays one document', async () => {
  await inWorkspace(async (cwd) => {
    const { stderr } = await runSmic(['compile', 'in', '--report', 'json', '--out', 'mesh'], { cwd });
    assert.is(JSON.parse(stderr).summary.errors, 0);
    edit(cwd, 'kind: TrafficTarget', 'kind: [');
    const broken = await runSmic(['compile', 'in', '--report', 'sarif', '--out', 'mesh'], { cwd });
    assert.is(broken.code, 1);
    assert.ok(JSON.parse(broken.stderr).runs[0].results.some(({ level }: { level: string }) => level === 'error'));
  });
});

(existsSync('/dev/full') ? test : test.skip)('output that cannot be written is told', async () => {
  await inWorkspace(async (cwd) => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [join(root, 'dist', 'bin', 'smic.js'), 'compile', 'in', '-o', 'json'], { cwd, stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    assert.is(await new Promise((resolve) => child.on('close', resolve)), 2);
    assert.match(stderr, 'error: cannot write the output: ENOSPC');
  });
});

test('a reader that goes away ends it quietly', async () => {
  await inWorkspace(async (cwd) => {
    const child = startSmic(['compile', 'in', '-o', 'json'], { cwd });
    let stderr = '';
    child.stdin?.end();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.is(code, 0);
    assert.not.match(stderr, /EPIPE|\n\s+at /);
  });
});

test.run();
