import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeJson, encodeJson } from './support/messages.ts';
import { onServer } from './support/on-server.ts';
import type { RawClient } from './support/raw-client.ts';
import { otherIdentity, shop, shopIdentity } from './support/shop.ts';
import { endpoints } from './support/test-artifact.ts';

const test = suite('client status discovery');

interface Status {
  readonly config?: readonly {
    readonly node: { readonly id: string };
    readonly genericXdsConfigs?: readonly { readonly typeUrl: string; readonly name: string; readonly versionInfo?: string; readonly configStatus: string; readonly clientStatus: string; readonly errorState?: { readonly details: string } }[];
  }[];
}

async function statusOf(client: RawClient, matchers: readonly object[] = []): Promise<Status> {
  const request = encodeJson('envoy.service.status.v3.ClientStatusRequest', { node_matchers: matchers });
  return decodeJson('envoy.service.status.v3.ClientStatusResponse', await client.status(request)) as Status;
}

const two = async (connect: (options: { mode: 'sotw' | 'delta'; identity: string; node: string }) => RawClient): Promise<readonly [RawClient, RawClient]> => {
  const [mine, other] = [connect({ mode: 'delta', identity: shopIdentity, node: 'shop/client-1' }), connect({ mode: 'sotw', identity: otherIdentity, node: 'other/other-1' })];
  mine.send('endpoint', { resource_names_subscribe: ['a', 'b'] });
  mine.ack(await mine.next('endpoint'));
  other.send('cluster');
  other.ack(await other.next('cluster'));
  await mine.status();
  return [mine, other];
};

test(
  'an identity sees its own proxies only',
  onServer(shop, async ({ connect }) => {
    const [mine, other] = await two(connect);
    const seen = await statusOf(mine);
    assert.equal(seen.config?.map(({ node }) => node.id), ['shop/client-1']);
    assert.equal(seen.config?.[0]?.genericXdsConfigs?.map(({ name, configStatus, clientStatus }) => [name, configStatus, clientStatus]), [
      ['a', 'SYNCED', 'ACKED'],
      ['b', 'SYNCED', 'ACKED'],
    ]);
    assert.equal((await statusOf(other)).config?.map(({ node }) => node.id), ['other/other-1']);
  }),
);

test(
  'who may see all sees all, and chooses by node id',
  onServer(
    shop,
    async ({ connect }) => {
      const [mine] = await two(connect);
      const ids = async (...matchers: readonly object[]): Promise<readonly string[] | undefined> => (await statusOf(mine, matchers)).config?.map(({ node }) => node.id);
      assert.equal(await ids(), ['shop/client-1', 'other/other-1']);
      assert.equal(await ids({ node_id: { exact: 'other/other-1' } }), ['other/other-1']);
      assert.equal(await ids({ node_id: { prefix: 'shop/' } }, { node_id: { suffix: 'other-1' } }), ['shop/client-1', 'other/other-1']);
      assert.equal(await ids({ node_id: { contains: 'nothing' } }), undefined);
      await statusOf(mine, [{ node_metadatas: [{}] }]).then(() => assert.unreachable(), (error: Error) => assert.match(error.message, /INVALID_ARGUMENT/));
    },
    { seesAll: (identity) => identity === shopIdentity },
  ),
);

test(
  'refused resources are shown with the reason; no content, no key is',
  onServer(shop, async ({ connect, update }) => {
    const [mine] = await two(connect);
    update(shop({ endpoint: { a: endpoints(5) } }));
    mine.nack(await mine.next('endpoint'), 'it is broken');
    mine.send('secret', { resource_names_subscribe: ['workload-certificate'] });
    await mine.next('secret');
    const bytes = await mine.status();
    const configs = (decodeJson('envoy.service.status.v3.ClientStatusResponse', bytes) as Status).config?.[0]?.genericXdsConfigs;
    const bad = configs?.find(({ name }) => name === 'a');
    assert.equal([bad?.configStatus, bad?.clientStatus, bad?.errorState?.details], ['ERROR', 'NACKED', 'it is broken']);
    assert.ok(bad?.versionInfo, 'the version that it holds');
    assert.is(configs?.find(({ name }) => name === 'b')?.configStatus, 'SYNCED');
    assert.not.match(bytes.toString('latin1'), /PRIVATE KEY|BEGIN/);
  }),
);

test(
  'without an identity nothing is told',
  onServer(shop, async ({ connect }) => {
    const nobody = connect({ mode: 'delta', identity: '' });
    await nobody.status().then(() => assert.unreachable(), (error: Error) => assert.match(error.message, /PERMISSION_DENIED/));
  }),
);

test.run();
