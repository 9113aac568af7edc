import { fromBinary, type Message } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBundle, encodeBundle } from '../../../compiler/artifact/bundle.ts';
import { artifactFromFiles } from '../../../compiler/artifact/artifact-from-files.ts';
import { artifactFiles } from '../../../compiler/artifact/layout.ts';
import { createEncoder } from '../../../compiler/encode/encoder.ts';
import { changedClasses, changedTypes, configurationsOf, selectConfiguration } from '../../../server/configuration/configurations.ts';
import { isPodOfController } from '../../../server/configuration/controller-pods.ts';
import { bookstoreArtifact } from '../support/bookstore-artifact.ts';
import { loadedArtifact } from './support/changed-artifact.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, endpoints, listener, testArtifact } from './support/test-artifact.ts';

const test = suite('configurations');
const bookbuyer = 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer';

test('the bookstore: a configuration for each class, without the holes, each resource in an Any', () => {
  const configurations = configurationsOf(loadedArtifact(bookstoreArtifact()));
  assert.is(configurations.trustDomain, 'cluster.local');
  assert.equal([...configurations.byIdentity.values()].flat().map(({ key }) => key).sort(), [
    'bookbuyer/bookbuyer',
    'bookstore/bookstore-v1',
    'bookstore/bookstore-v2',
    'bookthief/bookthief',
    'bookwarehouse/bookwarehouse',
  ]);
  const proxy = selectConfiguration(configurations, bookbuyer, 'whatever');
  assert.ok(proxy);
  assert.is(proxy.resources.secret.size, 0);
  assert.is(proxy.resources.cluster.size, 4);
  assert.ok(proxy.pods.has('bookbuyer/bookbuyer-5d4f7b9c68-k2xqz'));
  assert.equal(proxy.controllers, ['bookbuyer/Deployment/bookbuyer']);
  const loaded = loadedArtifact(bookstoreArtifact()).classes.find(({ identity }) => identity === bookbuyer);
  for (const [type, resources] of Object.entries(proxy.resources)) {
    for (const [name, { any, version, sources }] of resources) {
      const own = loaded?.resources.find((one) => one.type === type && one.name === name);
      const { typeUrl, value } = fromBinary(AnySchema, any) as Message & { readonly typeUrl: string; readonly value: Uint8Array };
      assert.match(typeUrl, /^type\.googleapis\.com\/envoy\./);
      assert.equal([Buffer.from(value), version, sources], [Buffer.from(own?.bytes ?? []), own?.digest, own?.sources]);
    }
  }
});

test('from a folder and from a bundle: the same digest, and the same versions', () => {
  const artifact = bookstoreArtifact();
  const files = new Map([...artifactFiles(artifact)].map(({ path, content }) => [path, content]));
  const [folder, bundle] = [configurationsOf(artifactFromFiles(files, createEncoder())), configurationsOf(decodeBundle(encodeBundle(artifact)))];
  assert.is(folder.digest, bundle.digest);
  assert.equal(changedClasses(folder, bundle), []);
  assert.is.not(configurationsOf(decodeBundle(encodeBundle(bookstoreArtifact({ v1: 1, v2: 1 })))).digest, bundle.digest);
});

test('what an artifact has in common with the one before it stays the same object, and only that', () => {
  const read = (weights: Parameters<typeof bookstoreArtifact>[0]): ReturnType<typeof decodeBundle> => decodeBundle(encodeBundle(bookstoreArtifact(weights)));
  const before = configurationsOf(read({ v1: 1, v2: 0 }));
  assert.is(selectConfiguration(configurationsOf(read({ v1: 1, v2: 0 }), before), bookbuyer, ''), selectConfiguration(before, bookbuyer, ''));

  const after = configurationsOf(read({ v1: 1, v2: 1 }), before);
  assert.equal(changedClasses(before, after), ['bookbuyer/bookbuyer']);
  const [old, now] = [before, after].map((configurations) => selectConfiguration(configurations, bookbuyer, ''));
  assert.ok(old && now);
  assert.is.not(now, old);
  assert.is(now.resources.cluster, old.resources.cluster);
  assert.is.not(now.resources.route, old.resources.route);
  // Nothing of the former may be left in what is served.
  assert.equal(after, configurationsOf(read({ v1: 1, v2: 1 })));
  const thief = 'spiffe://cluster.local/ns/bookthief/sa/bookthief';
  assert.is(selectConfiguration(after, thief, ''), selectConfiguration(before, thief, ''));
});

test('resources that classes share are one object, also from a folder', () => {
  const files = new Map([...artifactFiles(bookstoreArtifact())].map(({ path, content }) => [path, content]));
  const configurations = configurationsOf(artifactFromFiles(files, createEncoder()));
  const [one, two] = ['bookstore-v1', 'bookstore-v2'].map((name) => selectConfiguration(configurations, `spiffe://cluster.local/ns/bookstore/sa/${name}`, ''));
  const shared = 'bookwarehouse/bookwarehouse|14001';
  assert.ok(one?.resources.cluster.get(shared));
  assert.is(one?.resources.cluster.get(shared), two?.resources.cluster.get(shared));
});

test('what changed: classes, and types of a class', () => {
  const [before, split] = [configurationsOf(loadedArtifact(bookstoreArtifact())), configurationsOf(loadedArtifact(bookstoreArtifact({ v1: 50, v2: 50 })))];
  assert.equal(changedClasses(before, before), []);
  assert.equal(changedClasses(before, split), ['bookbuyer/bookbuyer']);
  const [a, b] = [selectConfiguration(before, bookbuyer, ''), selectConfiguration(split, bookbuyer, '')];
  assert.ok(a && b);
  assert.equal([changedTypes(a, a), changedTypes(a, b)], [[], ['route']]);
  const [c, d] = [configurationsOf(shop()), configurationsOf(shop({ endpoint: { a: endpoints(7) }, listener: { out: undefined } }))].map((one) => selectConfiguration(one, shopIdentity, ''));
  assert.ok(c && d);
  assert.equal(changedTypes(c, d), ['endpoint', 'listener']);
  const less = shop();
  assert.equal(changedClasses(configurationsOf(less), configurationsOf({ ...less, classes: less.classes.slice(0, 1) })), ['other/other']);
});

test('shared sets belong to the classes that name them, and what is a class\'s own counts before', () => {
  const classes = [{ key: 'a/a', identity: 'spiffe://cluster.local/ns/a/sa/a', resources: { cluster: { x: cluster(5) } }, sets: ['all'] }];
  const { byIdentity } = configurationsOf(testArtifact(classes, { sets: { all: { cluster: { x: cluster(1), y: cluster(2) } }, none: { listener: { z: listener() } } } }));
  const [proxy] = byIdentity.get('spiffe://cluster.local/ns/a/sa/a') ?? [];
  assert.equal([...(proxy?.resources.cluster.keys() ?? [])].sort(), ['x', 'y']);
  assert.is(proxy?.resources.cluster.get('x')?.sources[0]?.object, 'Test/x');
  assert.is(proxy?.resources.listener.size, 0);
  const own = configurationsOf(testArtifact([{ ...classes[0], key: 'a/a', identity: 'i', sets: [], resources: { cluster: { x: cluster(5) } } }]));
  assert.is(proxy?.resources.cluster.get('x')?.version, own.byIdentity.get('i')?.[0]?.resources.cluster.get('x')?.version);
});

test('a hole of endpoints is filled with none, and what is known stays', () => {
  const { byIdentity } = configurationsOf({ ...shop({ endpoint: { a: undefined } }), holes: ['endpoints'] });
  const known = configurationsOf(shop()).byIdentity.get(shopIdentity)?.[0]?.resources.endpoint.get('b');
  const filled = byIdentity.get(shopIdentity)?.[0]?.resources.endpoint;
  assert.equal([...(filled?.keys() ?? [])].sort(), ['a', 'b']);
  assert.is(filled?.get('b')?.version, known?.version);
});

test('pods of controllers, by their names', () => {
  const yes = (controller: string, pod: string): void => assert.ok(isPodOfController(controller, pod), `${controller} ${pod}`);
  const no = (controller: string, pod: string): void => assert.not(isPodOfController(controller, pod), `${controller} ${pod}`);
  yes('shop/Deployment/web', 'shop/web-5d4f7b9c68-k2xqz');
  yes('shop/StatefulSet/db', 'shop/db-12');
  yes('shop/DaemonSet/agent', 'shop/agent-x4zbt');
  yes('shop/Job/once', 'shop/once-x4zbt');
  yes('shop/CronJob/nightly', 'shop/nightly-28912345-x4zbt');
  no('shop/Deployment/web', 'other/web-5d4f7b9c68-k2xqz');
  no('shop/Deployment/web', 'shop/web');
  no('shop/Deployment/web', 'shop/webber-5d4f7b9c68-k2xqz');
  no('shop/StatefulSet/db', 'shop/db-x');
  no('shop/Unknown/db', 'shop/db-1');
  no('shop/Deployment/', 'shop/');
});

test.run();
