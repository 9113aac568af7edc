import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { findEnvoy } from '../runner/find-envoy.ts';
import { bookstoreSidecar, encodeMessages, type JsonObject, type Messages } from './bookstore-sidecar.ts';
import { startJudge, type Judge, type ProxyConfiguration } from './judge.ts';

interface Broken {
  readonly title: string;
  readonly change: (messages: Messages) => void;
  readonly type: ResourceType;
  readonly name: string;
  readonly message: RegExp;
}

const named = (list: JsonObject[], name: string): JsonObject => {
  const found = list.find((item) => item['name'] === name);
  assert.ok(found, name);
  return found;
};
const inboundChains = (messages: Messages): JsonObject[] => named(messages.listener, 'inbound-listener')['filter_chains'];
const upstream = (messages: Messages): JsonObject => named(messages.cluster, 'bookwarehouse/bookwarehouse|14001');
const host = (messages: Messages, route: string): JsonObject => named(messages.route, route)['virtual_hosts'][0];
const tcpProxy = (messages: Messages): JsonObject => inboundChains(messages)[1]?.['filters'][1].typed_config;
const inbound = { type: 'listener', name: 'inbound-listener' } as const;
const outbound = { type: 'listener', name: 'outbound-listener' } as const;
const inboundRoute = { type: 'route', name: 'rds-inbound.14001' } as const;
const outboundRoute = { type: 'route', name: 'rds-outbound.14001' } as const;
const cluster = { type: 'cluster', name: 'bookwarehouse/bookwarehouse|14001' } as const;

const broken: readonly Broken[] = [
  {
    title: 'a deprecated field of a cluster',
    change: (messages) => (upstream(messages)['http2_protocol_options'] = {}),
    ...cluster,
    message: /deprecated option 'envoy.config.cluster.v3.Cluster.http2_protocol_options'/,
  },
  {
    title: 'a deprecated field of a route',
    change: (messages) => (host(messages, 'rds-inbound.14001')['routes'][0].route.weighted_clusters.total_weight = 100),
    ...inboundRoute,
    message: /deprecated option 'envoy.config.route.v3.WeightedCluster.total_weight'/,
  },
  {
    title: 'a host name in a cluster of addresses',
    change: (messages) =>
      (named(messages.cluster, 'bookstore/mysql|3306|local')['load_assignment'].endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address = 'localhost'),
    type: 'cluster',
    name: 'bookstore/mysql|3306|local',
    message: /malformed IP address: localhost/,
  },
  {
    title: 'a negative timeout',
    change: (messages) => (upstream(messages)['connect_timeout'] = '-1s'),
    ...cluster,
    message: /Expected positive duration/,
  },
  {
    title: 'two filter chains with one match',
    change: (messages) => inboundChains(messages).push({ ...inboundChains(messages)[0], name: 'again' }),
    ...inbound,
    message: /filter chain 'again' has the same matching rules defined as 'bookstore\/bookstore-v1\|14001'/,
  },
  {
    title: 'no filter chain',
    change: (messages) => {
      named(messages.listener, 'inbound-listener')['filter_chains'] = [];
      messages.route.shift();
    },
    ...inbound,
    message: /no filter chains specified/,
  },
  {
    title: 'a router that is not the last filter',
    change: (messages) => inboundChains(messages)[0]?.['filters'][0].typed_config.http_filters.reverse(),
    ...inbound,
    message: /terminal filter named envoy.filters.http.router .* must be the last filter/,
  },
  {
    title: 'a filter without configuration',
    change: (messages) => delete inboundChains(messages)[1]?.['filters'][1].typed_config,
    ...inbound,
    message: /Didn't find a registered/,
  },
  {
    title: 'a TCP weight of 0',
    change: (messages) =>
      (named(messages.listener, 'outbound-listener')['default_filter_chain'].filters[0].typed_config.weighted_clusters.clusters[0].weight = 0),
    ...outbound,
    message: /Weight: value must be greater than or equal to 1/,
  },
  {
    title: 'a delayed upstream connection without a limit of early data',
    change: (messages) => delete tcpProxy(messages)['max_early_data_bytes'],
    ...inbound,
    message: /max_early_data_bytes must be set/,
  },
  {
    title: 'a policy for nobody',
    change: (messages) => {
      const { policies } = host(messages, 'rds-inbound.14001')['typed_per_filter_config']['envoy.filters.http.rbac'].rbac.rules;
      policies['TrafficTarget/bookstore/bookstore/0/buy-a-book'].principals = [];
    },
    ...inboundRoute,
    message: /Principals: value must contain at least 1 item/,
  },
  {
    title: 'a regular expression with a look-ahead',
    change: (messages) => (host(messages, 'rds-outbound.14001')['routes'][0].match.safe_regex.regex = '(?=a)b'),
    ...outboundRoute,
    message: /invalid perl operator: \(\?=/,
  },
  {
    title: 'two virtual hosts with one domain',
    change: (messages) =>
      named(messages.route, 'rds-outbound.14001')['virtual_hosts'].push({ ...host(messages, 'rds-outbound.14001'), name: 'again', domains: ['BookWarehouse'] }),
    ...outboundRoute,
    message: /Only unique values for domains are permitted. Duplicate entry of domain bookwarehouse/,
  },
  {
    title: 'weights of a route that are all 0',
    change: (messages) => (host(messages, 'rds-inbound.14001')['routes'][0].route.weighted_clusters.clusters[0].weight = 0),
    ...inboundRoute,
    message: /Sum of weights in the weighted_cluster must be greater than 0/,
  },
  {
    title: 'endpoints of another name',
    change: (messages) => ((messages.endpoint[0] ?? {})['cluster_name'] = 'other'),
    type: 'endpoint',
    name: 'bookwarehouse/bookwarehouse|14001',
    message: /is referred to, but is not in the configuration/,
  },
  {
    title: 'a secret that is not there',
    change: (messages) =>
      (upstream(messages)['transport_socket'].typed_config.common_tls_context.tls_certificate_sds_secret_configs[0].name = 'other'),
    type: 'secret',
    name: 'other',
    message: /is referred to, but is not in the configuration/,
  },
  {
    title: 'a route configuration that is not there',
    change: (messages) => messages.route.pop(),
    ...outboundRoute,
    message: /is referred to, but is not in the configuration/,
  },
  {
    title: 'a route configuration that nothing refers to',
    change: (messages) => messages.route.push({ ...messages.route[0], name: 'unused' }),
    type: 'route',
    name: 'unused',
    message: /nothing refers to/,
  },
];

// A place of its own for temporary folders: other tests make some at the same time.
const scratch = mkdtempSync(join(tmpdir(), 'smic-test-'));
process.env['TMPDIR'] = scratch;

function folders(): readonly string[] {
  return readdirSync(scratch).filter((name) => name.startsWith('smic-judge-'));
}

function endByAdmin(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ method: 'POST', socketPath, path: '/quitquitquit' }, (response) => response.resume().on('close', resolve));
    sent.on('error', reject);
    sent.end();
  });
}

const envoy = findEnvoy().path;
// Without an Envoy there is nothing to judge with; the runner says so, and counts these as skipped.
const test = suite('judge');
const check = envoy === undefined ? test.skip : test;
let judge: Judge;

test.before(async () => {
  if (envoy !== undefined) {
    judge = await startJudge(envoy);
  }
});
test.after(async () => {
  await judge?.stop();
  rmSync(scratch, { recursive: true });
});

check('accepts a good configuration', async () => {
  assert.equal(await judge.judge(encodeMessages(bookstoreSidecar())), { accepted: true, reasons: [], warnings: [] });
});

check('accepts an empty configuration', async () => {
  assert.equal(await judge.judge({ clusters: [], endpoints: [], secrets: [], listeners: [], routes: [] }), { accepted: true, reasons: [], warnings: [] });
});

for (const { title, change, type, name, message } of broken) {
  check(`refuses ${title}`, async () => {
    const messages = bookstoreSidecar();
    change(messages);
    const verdict = await judge.judge(encodeMessages(messages));
    assert.not(verdict.accepted);
    const reason = verdict.reasons.find((candidate) => candidate.type === type && candidate.name === name);
    assert.ok(reason, JSON.stringify(verdict, undefined, 2));
    assert.match(reason.message, message);
    assert.is(verdict.reasons.length, 1, JSON.stringify(verdict, undefined, 2));
  });
}

check('refuses a field that Envoy does not know, of every kind of resource', async () => {
  const unknown = new BinaryWriter().tag(9999, WireType.Varint).uint32(1).finish();
  const good = encodeMessages(bookstoreSidecar());
  for (const kind of ['clusters', 'endpoints', 'listeners', 'routes'] as const) {
    const [first, ...others] = good[kind];
    assert.ok(first);
    const verdict = await judge.judge({ ...good, [kind]: [{ name: first.name, bytes: Buffer.concat([first.bytes, unknown]) }, ...others] });
    assert.match(verdict.reasons[0]?.message ?? '', /unknown field/, kind);
    assert.is(verdict.reasons[0]?.type, kind.slice(0, -1));
    assert.is(verdict.reasons[0]?.name, first.name);
  }
});

check('refuses bytes that are cut off', async () => {
  const good = encodeMessages(bookstoreSidecar());
  const cut: ProxyConfiguration = { ...good, routes: good.routes.map(({ name, bytes }) => ({ name, bytes: bytes.subarray(0, -3) })) };
  const verdict = await judge.judge(cut);
  assert.match(verdict.reasons[0]?.message ?? '', /Unable to parse|Unable to unpack/);
});

check('refuses two resources of one name', async () => {
  const good = encodeMessages(bookstoreSidecar());
  const verdict = await judge.judge({ ...good, clusters: [...good.clusters, ...good.clusters.slice(0, 1)] });
  assert.equal(verdict.reasons.map(({ message }) => message), ['two resources of type cluster are named bookstore/bookstore-v1|14001|local']);
});

check('names every broken listener at once', async () => {
  const messages = bookstoreSidecar();
  messages.listener.forEach((listener) => (listener['filter_chains'] = []));
  messages.route = [];
  delete messages.listener[1]?.['default_filter_chain'];
  const { reasons } = await judge.judge(encodeMessages(messages));
  assert.equal(reasons.map(({ name }) => name), ['inbound-listener', 'outbound-listener']);
});

check('passes on what Envoy warns of', async () => {
  const messages = bookstoreSidecar();
  host(messages, 'rds-outbound.14001')['routes'][0].route.retry_policy = { retry_on: 'no-such-condition' };
  const verdict = await judge.judge(encodeMessages(messages));
  assert.ok(verdict.accepted);
  assert.match(verdict.warnings.join('\n'), /no-such-condition/);
});

check('remembers nothing of the configuration before', async () => {
  const before = bookstoreSidecar();
  assert.ok((await judge.judge(encodeMessages(before))).accepted);
  const after = { ...before, cluster: [], endpoint: [], route: [] };
  const { reasons } = await judge.judge(encodeMessages(after));
  assert.equal(reasons.map(({ type, name }) => `${type} ${name}`).sort(), ['route rds-inbound.14001', 'route rds-outbound.14001']);
  assert.ok((await judge.judge(encodeMessages(before))).accepted);
});

check('accepts a cluster without endpoints where these are left open', async () => {
  const open = encodeMessages({ ...bookstoreSidecar(), endpoint: [] });
  assert.not((await judge.judge(open)).accepted);
  assert.equal(await judge.judge({ ...open, openEndpoints: true }), { accepted: true, reasons: [], warnings: [] });
});

check('gives the same verdicts to calls at the same time', async () => {
  const good = encodeMessages(bookstoreSidecar());
  const bad = encodeMessages({ ...bookstoreSidecar(), route: [] });
  const verdicts = await Promise.all([good, bad, good, bad, bad, good].map((configuration) => judge.judge(configuration)));
  assert.equal(verdicts.map(({ accepted }) => accepted), [true, false, true, false, false, true]);
});

check('judges many in a row', async () => {
  const configuration = encodeMessages(bookstoreSidecar());
  const start = performance.now();
  const count = 200;
  for (let index = 0; index < count; index += 1) {
    assert.ok((await judge.judge(configuration)).accepted);
  }
  console.log(`${Math.round((count * 1000) / (performance.now() - start))} configurations a second`);
});

check('goes on with a new Envoy where one has ended', async () => {
  assert.ok(envoy);
  const before = folders();
  const other = await startJudge(envoy);
  try {
    const folder = folders().find((name) => !before.includes(name)) ?? '';
    await endByAdmin(join(tmpdir(), folder, 'admin'));
    const { accepted, reasons } = await other.judge(encodeMessages(bookstoreSidecar()));
    assert.equal({ accepted, reasons }, { accepted: false, reasons: [{ type: 'envoy', message: 'Envoy ended (0)' }] });
    assert.ok((await other.judge(encodeMessages(bookstoreSidecar()))).accepted);
  } finally {
    await other.stop();
  }
  assert.equal(folders(), before);
});

test('fails where Envoy does not start', async () => {
  const before = folders();
  await startJudge('/bin/false').then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /Envoy does not start: Error: Envoy ended \(1\)/),
  );
  assert.equal(folders(), before);
});

test('fails where Envoy does not answer in time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smic-silent-'));
  const silent = join(folder, 'envoy');
  writeFileSync(silent, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  await startJudge(silent, 100).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /no answer within 100 ms/),
  );
  rmSync(folder, { recursive: true });
});

check('leaves no folder behind', async () => {
  assert.ok(envoy);
  const before = folders();
  const other = await startJudge(envoy);
  assert.is(folders().length, before.length + 1);
  await other.stop();
  assert.equal(folders(), before);
});

test.run();
