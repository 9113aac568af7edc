// What holds for every pod that the injector takes in.
import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { load } from '../../compiler/load/load.ts';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import { bootstrap } from '../../server/bootstrap/bootstrap.ts';
import type { Probe } from '../../server/bootstrap/probe.ts';
import { injectedText } from '../../cli/inject/inject-documents.ts';
import { inject } from '../../webhook/inject/inject.ts';
import { defaultSettings, type MeshSettings, nativeModes } from '../../webhook/inject/mesh-settings.ts';
import type { Container, PodObject } from '../../webhook/inject/pod-object.ts';

const namespaces = [
  { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: {} } },
  { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: { 'openservicemesh.io/metrics': 'enabled' } } },
  { name: 'shop', described: undefined },
];

const port = fc.oneof(fc.integer({ min: 1, max: 14_999 }), fc.constantFrom('http', 'grpc', '8080'));
const seconds = fc.record({ timeoutSeconds: fc.integer({ min: 1, max: 600 }), periodSeconds: fc.integer({ min: 1, max: 600 }), failureThreshold: fc.integer({ min: 1, max: 9 }) }, { requiredKeys: [], noNullPrototype: true });
const words = fc.constantFrom('on', 'yes', '0x1', '1e3', 'null', '~', ' x', 'ü', '# no comment', 'a: b', '', "it's", '-', '08');
const httpGet = fc.record({ port, path: fc.constantFrom('/', '/a?b=c', 'x', '/ü'), scheme: fc.constantFrom('HTTP', 'HTTPS', 'https'), httpHeaders: fc.constant([{ name: 'Host', value: 'x' }]) }, { requiredKeys: ['port'], noNullPrototype: true });
const handler = fc.oneof(
  httpGet.map((request) => ({ httpGet: request })),
  port.map((number) => ({ tcpSocket: { port: number } })),
  fc.integer({ min: 1, max: 14_999 }).map((number) => ({ grpc: { port: number } })),
  fc.constant({ exec: { command: ['true'] } }),
);
const probe = fc.tuple(handler, seconds).map(([what, when]) => ({ ...what, ...when }));

function container(name: string): fc.Arbitrary<Container> {
  return fc
    .record(
      {
        name: fc.constant(name),
        image: words,
        command: fc.array(words, { maxLength: 2 }),
        env: fc.array(fc.record({ name: fc.constantFrom('A', 'POD_NAME', 'SMIC_PROBES'), value: words }, { noNullPrototype: true }), { maxLength: 2 }),
        livenessProbe: probe,
        readinessProbe: probe,
        startupProbe: probe,
        lifecycle: httpGet.map((request) => ({ preStop: { httpGet: request } })),
        resources: fc.constant({ limits: { cpu: 1 } }),
      },
      { requiredKeys: ['name', 'image'], noNullPrototype: true },
    )
    .map((drawn) => ({ ...drawn, ports: [{ name: 'http', containerPort: 8080 }, { name: 'grpc', containerPort: 9000 }] }));
}

const named = (names: readonly string[]): fc.Arbitrary<readonly Container[]> => fc.subarray([...names]).chain((chosen) => fc.tuple(...chosen.map(container)));
const pods: fc.Arbitrary<PodObject> = fc
  .record({ containers: named(['app', 'app-2', 'log']), init: named(['migrate', 'fetch']), annotations: fc.dictionary(fc.constantFrom('a', 'openservicemesh.io/sidecar-injection'), fc.constant('enabled'), { noNullPrototype: true }), hasVolumes: fc.boolean(), first: container('web') })
  .map(({ containers, init, annotations, hasVolumes, first }) => ({
    metadata: { annotations },
    spec: {
      serviceAccountName: 'web',
      containers: [first, ...containers],
      // Only a native sidecar goes along with others that are probed.
      ...(init.length > 0 && { initContainers: init.map(({ livenessProbe: _l, readinessProbe: _r, startupProbe: _s, lifecycle: _c, ...plain }) => plain) }),
      ...(hasVolumes && { volumes: [{ name: 'data', emptyDir: {} }] }),
    },
  }));
const settings: fc.Arbitrary<MeshSettings> = fc
  .record({ nativeSidecars: fc.constantFrom(...nativeModes), ipv6: fc.boolean(), trustBundle: fc.constantFrom(undefined, 'PEM\n') })
  .map((drawn) => ({ ...defaultSettings, ...drawn }));
const cases = fc.record({ pod: pods, settings, namespace: fc.constantFrom(...namespaces) });

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;

function injected({ pod, namespace, settings: with_ }: Case): PodObject {
  const result = inject(pod, namespace, with_);
  assert.ok('patch' in result, JSON.stringify(result));
  const copy = structuredClone(pod);
  assert.equal(applyPatch(copy, structuredClone([...result.patch])).filter((error) => error !== null), []);
  return copy;
}

const all = ({ spec }: PodObject): readonly Container[] => [...spec.containers, ...(spec.initContainers ?? [])];

test('the same pod gives the same patch, and what comes of it is injected no more', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { pod, namespace, settings: with_ } = drawn;
      assert.is(JSON.stringify(inject(structuredClone(pod), namespace, with_)), JSON.stringify(inject(pod, namespace, with_)));
      assert.equal(inject(injected(drawn), namespace, with_), { reason: 'the pod has its sidecar already' });
    }),
  );
});

test('by whatever settings it was injected before, and however often, a pod comes out as if it were injected once', () => {
  fc.assert(
    fc.property(cases, settings, (drawn, before) => {
      const twice = injected({ ...drawn, pod: injected(drawn), settings: { ...before, image: 'smic:2' } });
      const once = injected({ ...drawn, settings: { ...before, image: 'smic:2' } });
      const names = ({ spec }: PodObject): unknown => [spec.containers, spec.initContainers, spec.volumes].map((list) => list?.map(({ name }) => name));
      assert.equal(names(twice), names(once));
      const own = (pod: PodObject): unknown => all(pod).filter(({ name }) => name === 'envoy' || name === 'osm-init');
      assert.equal(own(twice), own(once));
    }),
  );
});

test("one sidecar, and all of the user's fields but what asks the containers", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const result = injected(drawn);
      assert.is(all(result).filter(({ name }) => name === 'envoy').length, 1);
      assert.is(all(result).filter(({ name }) => name === 'osm-init').length, 1);
      const unasked = ({ livenessProbe, readinessProbe, startupProbe, lifecycle, ...rest }: Container): unknown => [
        rest,
        [livenessProbe, readinessProbe, startupProbe].map((written) => written && { ...written, httpGet: written.httpGet?.httpHeaders, tcpSocket: 0, grpc: 0 }),
        lifecycle?.postStart,
      ];
      const users = (pod: PodObject): unknown => all(pod).filter(({ name }) => name !== 'envoy' && name !== 'osm-init').map(unasked);
      assert.equal(users(result), users(drawn.pod));
      const { containers: _c, initContainers: _i, volumes, ...spec } = result.spec;
      const { containers: _d, initContainers: _j, volumes: before = [], ...wanted } = drawn.pod.spec;
      assert.equal([spec, volumes?.slice(0, before.length)], [wanted, before]);
      assert.equal({ ...result.metadata?.annotations, ...drawn.pod.metadata?.annotations }, result.metadata?.annotations);
    }),
  );
});

test('whatever is given as a pod is answered, and a pod of any shape that comes out is one that went in right', () => {
  fc.assert(
    fc.property(cases, fc.jsonValue(), fc.nat(), ({ pod, settings: with_, namespace }, junk, place) => {
      // Somewhere in the pod stands something else.
      let count = 0;
      const spoilt: unknown = JSON.parse(JSON.stringify(pod), (_key, part: unknown) => (count++ === place % 60 ? junk : part));
      const result = inject(spoilt, namespace, with_);
      if (!('patch' in result)) return;
      const copy: unknown = JSON.parse(JSON.stringify(spoilt));
      assert.equal(applyPatch(copy, structuredClone([...result.patch])).filter((error) => error !== null), []);
      assert.equal(inject(copy, namespace, with_), { reason: 'the pod has its sidecar already' });
    }),
    { numRuns: 500 },
  );
});

test('what the sidecar is told makes a bootstrap', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const sidecar = all(injected(drawn)).find(({ name }) => name === 'envoy');
      const probes = JSON.parse(sidecar?.env?.find(({ name }) => name === 'SMIC_PROBES')?.value ?? '') as readonly Probe[];
      bootstrap({ pod: 'shop/web', cluster: 'web.shop', server: { host: 'x', port: 1, identity: 'spiffe://x/y' }, secretsFolder: '/x', probes, podAddress: '10.0.0.1' });
    }),
  );
});

test('text: what is printed means what the patch means, in YAML by blocks, in braces, with aliases, and in JSON; the rest is kept', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom('block', 'flow', 'alias', 'json'), ({ pod, settings: with_ }, style) => {
      const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', ...pod.metadata }, spec: { ...pod.spec, ...(style === 'alias' && { x: pod.spec.containers }) } };
      const version = '1.1';
      const text = style === 'json' ? JSON.stringify(object, null, 2) : stringify(object, { version, aliasDuplicateObjects: style === 'alias', ...(style === 'flow' && { collectionStyle: 'flow' }) });
      const before = '# before\na:   1 # odd\n---\n';
      const after = '\n---\nb:   {c:   "d"}\n';
      const file = { name: 'x.yaml', text: `${before}${text}${after}` };
      const documents = load([file], createCollector());
      const namespace = namespaces[2] ?? { name: 'shop', described: undefined };
      const printed = injectedText(file, documents, { settings: with_, namespace: 'shop', namespaces: new Map() });
      assert.ok(printed.startsWith(before) && printed.endsWith(after.trimStart()), printed);
      const result = inject(object, namespace, with_);
      const wanted = JSON.parse(JSON.stringify(documents[1]?.value)) as unknown;
      assert.ok('patch' in result);
      applyPatch(wanted, structuredClone([...result.patch]));
      assert.equal(load([{ name: 'x', text: printed }], createCollector())[1]?.value, wanted);
    }),
    { numRuns: 40 },
  );
});

test.run();
