import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { withCluster } from '../../cli/kubernetes/connect.ts';
import { Failure } from '../../cli/failure.ts';
import { loadClusterAccess } from '../../server/kubernetes/client/kube-config.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';

const test = suite('kubeconfig');
const { HOME: home = '', KUBECONFIG: kubeconfig = '', KUBERNETES_SERVICE_HOST: host = '' } = process.env;
const silent = { isTTY: false, color: false, write: async () => {} };

test.before.each(() => {
  Object.assign(process.env, { HOME: temporaryFolder(), KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' });
});

test.after(() => {
  Object.assign(process.env, { HOME: home, KUBECONFIG: kubeconfig, KUBERNETES_SERVICE_HOST: host });
});

function write(name: string, user: object = {}, extra: object = {}): string {
  const file = join(temporaryFolder(), 'config');
  const config = {
    clusters: [{ name, cluster: { server: `https://${name}.example:6443/` } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...(name === 'first' && { namespace: 'shop' }) } }],
    'current-context': name,
    ...extra,
  };
  writeFileSync(file, stringify(config));
  return file;
}

async function failure(kubeconfig?: string, context?: string): Promise<string> {
  try {
    await withCluster({ ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }, silent, async () => {});
  } catch (error) {
    assert.instance(error, Failure);
    assert.ok((error as Failure).fix);
    return (error as Failure).message;
  }
  return assert.unreachable('it did not fail') as never;
}

test('of several kubeconfigs the first that names a thing wins, and a missing one is passed over', async () => {
  process.env['KUBECONFIG'] = [join(temporaryFolder(), 'missing'), write('first'), write('second')].join(delimiter);
  const first = await loadClusterAccess();
  assert.equal([first.server, first.context, first.namespace], ['https://first.example:6443', 'first', 'shop']);
  const second = await loadClusterAccess({ context: 'second' });
  assert.equal([second.server, second.context, second.namespace], ['https://second.example:6443', 'second', 'default']);
});

test('without a flag or variable, the one in the home folder', async () => {
  const folder = join(process.env['HOME'] ?? '', '.kube');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config'), JSON.stringify({ clusters: [{ name: 'a', cluster: { server: 'http://127.0.0.1:8001' } }], users: [], contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }], 'current-context': 'a' }));
  const access = await loadClusterAccess();
  assert.is(access.server, 'http://127.0.0.1:8001');
  assert.equal((await access.credentials()).headers, {});
});

test('what is wrong is said, with a fix', async () => {
  assert.match(await failure(), /^there is no kubeconfig: .*\.kube\/config doesn't exist$/);
  assert.match(await failure('/nowhere/config'), /^the kubeconfig \/nowhere\/config can't be read: ENOENT/);
  assert.match(await failure(write('first'), 'third'), /has no context "third"; it has: first$/);
  assert.match(await failure(write('first', {}, { 'current-context': '' })), /has no current context; it has: first$/);
  assert.match(await failure(write('first', {}, { clusters: 'none' })), /clusters is not a list$/);
  assert.match(await failure(write('first', {}, { clusters: [] })), /names a cluster that isn't in the kubeconfig$/);
  const empty = join(temporaryFolder(), 'config');
  writeFileSync(empty, '');
  assert.match(await failure(empty), /it holds no configuration$/);
});

test('a plugin gives the token: found beside the kubeconfig, told the version of its protocol', async () => {
  const kubeconfig = write('first', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', args: ['x'] } });
  const plugin = join(dirname(kubeconfig), 'plugin');
  writeFileSync(plugin, '#!/bin/sh\nprintf \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}\' "$1-$(printf %s "$KUBERNETES_EXEC_INFO" | cut -c16-46)"\n');
  chmodSync(plugin, 0o755);
  const access = await loadClusterAccess({ kubeconfig });
  assert.equal((await access.credentials()).headers, { Authorization: 'Bearer x-client.authentication.k8s.io/v1' });
});

test('a plugin that fails is the reason, in its own words', async () => {
  const kubeconfig = write('first', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' } });
  const plugin = join(dirname(kubeconfig), 'plugin');
  writeFileSync(plugin, '#!/bin/sh\necho "log in first" >&2\nexit 1\n');
  chmodSync(plugin, 0o755);
  const access = await loadClusterAccess({ kubeconfig });
  try {
    await access.credentials();
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "the kubeconfig's credentials can't be used: log in first");
  }
});

test('a server that cannot be reached is a failure with a fix', async () => {
  const kubeconfig = write('first', {}, { clusters: [{ name: 'first', cluster: { server: 'https://127.0.0.1:1' } }] });
  try {
    await withCluster({ kubeconfig }, silent, (client) => client.list({ apiVersion: 'v1', kind: 'Pod' }));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Failure).message, /^cannot reach the API server at https:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/);
    assert.match((error as Failure).fix, /Is the cluster running/);
  }
});

test.run();
