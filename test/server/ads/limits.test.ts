import { connect as connectHttp2, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestBudget } from '../../../server/ads/request-budget.ts';
import { encodeRequest } from './support/messages.ts';
import { onServer, sorted } from './support/on-server.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, listener } from './support/test-artifact.ts';
import type { TestServer } from './support/test-server.ts';
import { typeUrl } from '../../envoy/type-url.ts';

const test = suite('limits');
const client = { mode: 'delta', identity: shopIdentity, node: 'shop/client-1' } as const;

/** Another client is served. */
async function serves({ connect }: TestServer): Promise<void> {
  const other = connect(client);
  other.send('listener');
  assert.equal(sorted((await other.next('listener')).resources.keys()), ['in', 'out']);
  other.close();
}

async function until(ready: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !ready(); ) {
    assert.ok(Date.now() < deadline, 'it does not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test(
  'a reader that does not read gets one response of a type at a time, whatever changes',
  onServer(
    () => shop({ listener: { in: listener('x'.repeat(300_000)) } }),
    async (server) => {
      const slow = server.connect(client);
      slow.stream.pause();
      slow.send('listener');
      slow.send('cluster');
      await until(() => (server.counts.get('pushes{listener}') ?? 0) === 1 && (server.counts.get('pushes{cluster}') ?? 0) === 1);
      for (let number = 0; number < 200; number += 1) {
        server.update(shop({ cluster: { a: cluster(number + 2) }, listener: { in: listener(`${number}`.padEnd(300_000, 'x')) } }));
      }
      assert.is(server.counts.get('pushes{listener}'), 1);
      assert.is(server.counts.get('pushes{cluster}'), 1);
      await serves(server);
      // When it reads again, it gets the last state, not the two hundred.
      slow.stream.resume();
      slow.ack(await slow.next('listener'));
      slow.ack(await slow.next('cluster'));
      const clusters = await slow.next('cluster');
      slow.ack(clusters);
      slow.ack(await slow.next('listener'));
      assert.equal(await slow.unexpected(), []);
      // One of them was the other client's.
      assert.is(server.counts.get('pushes{listener}'), 2 + 1);
    },
  ),
);

test(
  'one that never takes in anything is not written to again, however long it takes',
  onServer(
    () => shop({ listener: { in: listener('x'.repeat(600_000)) } }),
    async (server) => {
      // HTTP/2 by hand: a window of 1 byte, and it's never opened.
      const session = connectHttp2(`http://${server.address}`, { settings: { initialWindowSize: 1 } });
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        te: 'trailers',
        identity: shopIdentity,
      });
      stream.pause();
      stream.on('error', () => {});
      session.on('error', () => {});
      const request = encodeRequest('delta', { type_url: typeUrl('listener') });
      stream.write(Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request]));
      await until(() => server.counts.get('pushes{listener}') === 1);
      for (let number = 0; number < 30; number += 1) {
        server.update(shop({ listener: { in: listener(`${number}`.padEnd(600_000, 'x')) } }));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.is(server.counts.get('pushes{listener}'), 1);
      await serves(server);
      session.destroy();
      await until(() => server.ads.statuses().length === 0);
    },
    { limits: { patience: 20 } },
  ),
);

test(
  'too large a message ends the stream that it comes by',
  onServer(shop, async (server) => {
    const proxy = server.connect(client);
    proxy.send('cluster', { resource_names_subscribe: ['x'.repeat(5 * 2 ** 20)] });
    assert.is((await proxy.ended).code, status.RESOURCE_EXHAUSTED);
    await serves(server);
  }),
);

for (const mode of ['sotw', 'delta'] as const) {
  test(
    `${mode}: more names than anyone needs end the stream, however they come`,
    onServer(
      shop,
      async (server) => {
        const key = mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe';
        const names = (from: number, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `name ${from + index}`);
        const proxy = server.connect({ ...client, mode });
        proxy.send('endpoint', { [key]: names(0, 101) });
        const { code, details } = await proxy.ended;
        assert.equal([code, details], [status.RESOURCE_EXHAUSTED, 'more than 100 names of type endpoint']);
        const other = server.connect({ ...client, mode });
        other.send('endpoint', { [key]: names(0, 60) });
        if (mode === 'delta') {
          await other.next('endpoint');
          other.send('endpoint', { [key]: names(60, 60) });
          assert.is((await other.ended).code, status.RESOURCE_EXHAUSTED);
        }
        assert.is(server.counts.get('streamsRefused{too-many-names}'), mode === 'delta' ? 2 : 1);
        await serves(server);
      },
      { limits: { maxNames: 100 } },
    ),
  );

  test(
    `${mode}: what is no discovery request ends the stream`,
    onServer(shop, async (server) => {
      for (const bytes of [Buffer.from('ffffff', 'hex'), Buffer.from([0x0a, 0x7f]), Buffer.from([0x22, 0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.from([0x08, 1]), Buffer.from([0x07])]) {
        const proxy = server.connect({ ...client, mode });
        proxy.stream.write(bytes);
        assert.is((await proxy.ended).code, status.INVALID_ARGUMENT, bytes.toString('hex'));
      }
      assert.is(server.counts.get('streamsRefused{malformed}'), 5);
      await serves(server);
    }),
  );
}

test(
  'a flood of requests is not read on, and others are served meanwhile',
  onServer(
    shop,
    async (server) => {
      const proxy = server.connect(client);
      for (let number = 0; number < 60; number += 1) {
        proxy.send('route', { resource_names_unsubscribe: ['nothing'] });
      }
      await until(() => (server.counts.get('requestsDelayed{}') ?? 0) > 0);
      for (let round = 0; round < 20; round += 1) {
        await serves(server);
        await proxy.unexpected();
      }
      assert.is(server.counts.get('requests{route}'), 21);
    },
    { limits: { requestBurst: 20, requestsPerSecond: 0.001 } },
  ),
);

test(
  'what many requests ask for comes in the end',
  onServer(
    shop,
    async (server) => {
      const proxy = server.connect(client);
      for (let number = 0; number < 60; number += 1) {
        proxy.send('route', { resource_names_unsubscribe: ['nothing'] });
      }
      proxy.send('cluster');
      await proxy.next('cluster');
      assert.is(server.counts.get('requests{route}'), 60);
      assert.ok((server.counts.get('requestsDelayed{}') ?? 0) > 0);
    },
    { limits: { requestBurst: 20, requestsPerSecond: 40 } },
  ),
);

test('a budget: a burst, then so many a second', () => {
  const budget = requestBudget(2, 10, 0);
  assert.equal([budget.take(0), budget.take(0), budget.take(0), budget.take(0)], [0, 0, 100, 200]);
  assert.equal([budget.take(1000), budget.take(1000)], [0, 0]);
  assert.is(budget.take(60_000), 0);
});

test(
  'connections whose other end is gone without a word are given up',
  onServer(
    shop,
    async (server) => {
      const [host = '', port = ''] = server.address.split(':');
      // Speaks HTTP/2 as far as it must, opens a stream, and never answers a ping.
      const socket = connectTcp(Number(port), host);
      const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
        const head = Buffer.alloc(9);
        head.writeUIntBE(payload.length, 0, 3);
        head[3] = type;
        head[4] = flags;
        head.writeUInt32BE(stream, 5);
        return Buffer.concat([head, payload]);
      };
      const literal = (name: string, value: string): Buffer => Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);
      const headers = Buffer.concat([
        literal(':method', 'POST'),
        literal(':scheme', 'http'),
        literal(':path', '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources'),
        literal(':authority', 'x'),
        literal('content-type', 'application/grpc'),
        literal('te', 'trailers'),
        literal('identity', shopIdentity),
      ]);
      const request = encodeRequest('delta', { type_url: typeUrl('cluster') });
      socket.write(
        Buffer.concat([
          Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
          frame(4, 0, 0, Buffer.alloc(0)),
          frame(1, 4, 1, headers),
          frame(0, 0, 1, Buffer.concat([Buffer.of(0, 0, 0, 0, request.length), request])),
        ]),
      );
      socket.resume();
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await until(() => server.ads.statuses().length === 1);
      await closed;
      await until(() => server.ads.statuses().length === 0);
      assert.is(server.counts.get('streams{delta}'), 0);
    },
    { grpc: { 'grpc.keepalive_time_ms': 200, 'grpc.keepalive_timeout_ms': 200 } },
  ),
);

test(
  'draining ends streams well, and refuses new ones',
  onServer(shop, async (server) => {
    const [sotw, delta] = [server.connect({ ...client, mode: 'sotw' }), server.connect(client)];
    sotw.send('cluster');
    await sotw.next('cluster');
    delta.send('cluster');
    await delta.next('cluster');
    await server.ads.drain();
    assert.equal([await sotw.ended, await delta.ended].map(({ code }) => code), [status.OK, status.OK]);
    assert.equal(server.ads.statuses(), []);
    const late = server.connect(client);
    assert.is((await late.ended).code, status.UNAVAILABLE);
    await server.ads.drain();
  }),
);

test(
  'draining does not wait for ever for who does not read',
  onServer(
    () => shop({ listener: { in: listener('x'.repeat(3_000_000)) } }),
    async (server) => {
      const slow = server.connect(client);
      slow.stream.pause();
      slow.send('listener');
      await until(() => server.counts.get('pushes{listener}') === 1);
      await server.ads.drain();
    },
    { limits: { drainTime: 50 } },
  ),
);

test(
  'a client that half-closes is let go',
  onServer(shop, async (server) => {
    const proxy = server.connect(client);
    proxy.send('cluster');
    await proxy.next('cluster');
    proxy.stream.end();
    assert.is((await proxy.ended).code, status.OK);
    assert.equal(server.ads.statuses(), []);
  }),
);

test.run();
