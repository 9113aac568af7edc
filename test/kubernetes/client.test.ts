import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError, type ConnectionError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { json, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts';

interface Context {
  server: ScriptedServer;
  client: KubeClient;
}

const test = suite<Context>('client');
const pods = { apiVersion: 'v1', kind: 'Pod' };
const pod = { ...pods, namespace: 'shop', name: 'web' };

test.before(async (context) => {
  context.server = await startScriptedServer();
});

test.before.each(async (context) => {
  context.client?.close();
  context.client = await context.server.client();
  context.server.requests.length = 0;
});

test.after(async ({ server, client }) => {
  client.close();
  await server.close();
});

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('it did not fail'),
    (error: unknown) => error,
  );
}

test('pages are put together, and every item says what it is', async ({ server, client }) => {
  server.answer = (request, response) =>
    request.url?.includes('continue=second')
      ? json(response, 200, { metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'b' } }] })
      : json(response, 200, { metadata: { resourceVersion: '7', continue: 'second' }, items: [{ metadata: { name: 'a' } }] });
  const { items, resourceVersion } = await client.list(pods, { namespace: 'shop', labelSelector: 'app=web' });
  assert.equal(items, [
    { ...pods, metadata: { name: 'a' } },
    { ...pods, metadata: { name: 'b' } },
  ]);
  assert.is(resourceVersion, '7');
  assert.equal(server.requests.slice(1), ['GET /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500', 'GET /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500&continue=second']);
});

test('a page that is no longer known: the list is read again in one piece, and nothing twice', async ({ server, client }) => {
  server.answer = (request, response) => {
    if (request.url?.includes('continue=')) {
      json(response, 410, { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    } else {
      const whole = !request.url?.includes('limit=');
      json(response, 200, { metadata: { resourceVersion: '9', ...(!whole && { continue: 'x' }) }, items: whole ? [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] : [{ metadata: { name: 'a' } }] });
    }
  };
  const { items } = await client.list(pods);
  assert.equal(items.map(({ metadata }) => metadata.name), ['a', 'b']);
});

test('what the server refuses is an ApiError with its words', async ({ server, client }) => {
  server.answer = (_request, response) =>
    json(response, 429, { kind: 'Status', code: 429, reason: 'TooManyRequests', message: 'slow down', details: { causes: [{ field: 'spec.weight', message: 'too much' }] } }, { 'retry-after': '3' });
  const error = await rejection(client.get(pod));
  assert.instance(error, ApiError);
  const { status, reason, message, retryAfterSeconds, causes } = error as ApiError;
  assert.equal({ status, reason, message, retryAfterSeconds, causes }, { status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterSeconds: 3, causes: [{ field: 'spec.weight', message: 'too much' }] });
  assert.is(server.requests.length, 2, 'nothing is tried again by itself');
});

test('an answer that is no Status is an ApiError as well', async ({ server, client }) => {
  server.answer = (_request, response) => response.writeHead(503).end('apiserver not ready\n');
  const error = (await rejection(client.get(pod))) as ApiError;
  assert.equal([error.status, error.reason, error.message], [503, 'ServiceUnavailable', 'the API server answered 503: apiserver not ready']);
});

test('a server that is not there, hangs, stops half way, or is no API server', async ({ server, client }) => {
  const code = async (promise: Promise<unknown>): Promise<string> => ((await rejection(promise)) as ConnectionError).code;
  server.answer = () => {};
  assert.is(await code(client.get(pod, { timeout: 50 })), 'TIMEOUT');
  server.answer = (_request, response) => void response.writeHead(200).write('{"half":');
  assert.is(await code(client.get(pod, { timeout: 50 })), 'TIMEOUT');
  server.answer = (request) => void request.socket.destroy();
  assert.is(await code(client.get(pod)), 'ECONNRESET');
  server.answer = (_request, response) => response.end('<html>');
  assert.is(await code(client.get(pod)), 'BROKEN');
});

test('a request that is aborted ends with the reason of that', async ({ server, client }) => {
  const reason = new Error('enough');
  for (const answer of [() => {}, (_: unknown, response: ServerResponse) => void response.writeHead(200).write('{')]) {
    server.answer = answer;
    const controller = new AbortController();
    const aborted = rejection(client.get(pod, { signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 30);
    assert.is(await aborted, reason);
  }
});

test('a watch: events, characters that come in pieces, and what the server says is wrong', async ({ server, client }) => {
  server.answer = (_request, response) => {
    const bytes = Buffer.from(`{"type":"ADDED","object":{"metadata":{"name":"ü"}}}\n{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}}\n{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n`);
    const cut = bytes.indexOf(0xc3) + 1;
    response.writeHead(200).write(bytes.subarray(0, cut));
    setTimeout(() => response.write(bytes.subarray(cut)), 20);
  };
  const seen: string[] = [];
  const error = await rejection(
    (async () => {
      for await (const { type, object } of client.watch(pods, { resourceVersion: '1', timeoutSeconds: 300 })) {
        seen.push(`${type} ${object.metadata.name ?? object.metadata.resourceVersion}`);
      }
    })(),
  );
  assert.equal(seen, ['ADDED ü', 'BOOKMARK 8']);
  assert.is((error as ApiError).status, 410);
  assert.is(server.requests.at(-1), 'GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=300');
});

test('a watch that is silent is given up; one that is left closes its connection', async ({ server, client }) => {
  const closed: string[] = [];
  server.answer = (_request, response) => {
    response.on('close', () => {
      closed.push('closed');
    });
    response.writeHead(200).write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n');
  };
  const watch = client.watch(pods, { resourceVersion: '1', timeoutSeconds: 300, silence: 50 });
  assert.is((await watch.next()).value?.type, 'ADDED');
  assert.is(((await rejection(watch.next())) as ConnectionError).code, 'SILENT');
  for await (const { type } of client.watch(pods, { resourceVersion: '1', timeoutSeconds: 300 })) {
    assert.is(type, 'ADDED');
    break;
  }
  await waitFor(() => closed.length === 2);
});

test('one connection serves requests that follow each other', async ({ server, client }) => {
  server.answer = (_request, response) => json(response, 200, { metadata: { name: 'web' } });
  const before = server.connections();
  for (let turn = 0; turn < 20; turn += 1) {
    await client.get(pod);
  }
  assert.is(server.connections() - before, 1);
});

test('a token in a file is read again when the server no longer takes it', async ({ server }) => {
  const tokenFile = join(temporaryFolder(), 'token');
  writeFileSync(tokenFile, 'old\n');
  const client = await server.client({ tokenFile });
  server.answer = (request, response) => json(response, request.headers.authorization === 'Bearer new' ? 200 : 401, { metadata: { name: 'web' }, reason: 'Unauthorized', message: 'Unauthorized' });
  assert.is(((await rejection(client.get(pod))) as ApiError).status, 401);
  writeFileSync(tokenFile, 'new\n');
  assert.is((await client.get(pod)).metadata.name, 'web');
  client.close();
});

test('a kind that the server does not have is a 404, and looked for again', async ({ server, client }) => {
  const split = { apiVersion: 'split.smi-spec.io/v1alpha4', kind: 'TrafficSplit' };
  server.answer = (_request, response) => json(response, 404, {});
  assert.is(await client.find(split), undefined);
  assert.is(((await rejection(client.list(split))) as ApiError).status, 404);
  server.answer = (_request, response) => json(response, 200, { resources: [{ name: 'trafficsplits', kind: 'TrafficSplit', namespaced: true, verbs: ['list'] }] });
  assert.equal(await client.find(split), { ...split, plural: 'trafficsplits', namespaced: true, verbs: ['list'] });
});

test('an object without a name or namespace is never asked for: its path would mean all of them', async ({ client }) => {
  assert.instance(await rejection(client.delete({ ...pods, namespace: 'shop', name: '' })), TypeError);
  assert.instance(await rejection(client.delete({ ...pods, name: 'web' })), TypeError);
});

test.run();
