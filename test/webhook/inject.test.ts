import { applyPatch } from 'rfc6902';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import type { Probe } from '../../server/bootstrap/probe.ts';
import { type Injection, inject } from '../../webhook/inject/inject.ts';
import { defaultSettings, type MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { hasSidecar } from '../../webhook/inject/existing-sidecar.ts';
import { refuseDebugging } from '../../webhook/inject/refuse-debugging.ts';
import { refuseUsers } from '../../webhook/inject/refuse.ts';
import type { Container, PodObject } from '../../webhook/inject/pod-object.ts';

const joined: NamespaceFacts = { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: {} } };
const plain: PodObject = { metadata: { name: 'web' }, spec: { serviceAccountName: 'web', containers: [{ name: 'app', image: 'app' }] } };
const classic: MeshSettings = { ...defaultSettings, nativeSidecars: 'off' };

function annotated(annotations: Readonly<Record<string, string>>, namespaced: Readonly<Record<string, string>> = {}): Injection {
  return inject({ ...plain, metadata: { annotations } }, { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: namespaced } }, defaultSettings);
}

/** The pod that comes of it. */
function injected(pod: PodObject, settings: MeshSettings = defaultSettings, namespace = joined): PodObject {
  const result = inject(pod, namespace, settings);
  assert.ok('patch' in result, JSON.stringify(result));
  const copy = structuredClone(pod);
  assert.equal(applyPatch(copy, structuredClone([...result.patch])).filter((error) => error !== null), []);
  return copy;
}

function denied(result: Injection): string {
  assert.ok('denied' in result, JSON.stringify(result));
  return result.denied;
}

function sidecarOf({ spec }: PodObject): Container {
  const found = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === 'envoy');
  assert.ok(found);
  return found;
}

function probesOf(pod: PodObject): readonly Probe[] {
  return JSON.parse(sidecarOf(pod).env?.find(({ name }) => name === 'SMIC_PROBES')?.value ?? '') as readonly Probe[];
}

function scriptOf({ spec }: PodObject): string {
  return spec.initContainers?.find(({ name }) => name === 'osm-init')?.command?.[2] ?? '';
}

const values = [undefined, 'enabled', 'Yes', 'TRUE', 'disabled', 'no', 'False', '', 'on', 'enabled '] as const;
const meaning = (value: string | undefined): 'enabled' | 'disabled' | 'invalid' | undefined =>
  value === undefined ? undefined : /^(enabled|yes|true)$/i.test(value) ? 'enabled' : /^(disabled|no|false)$/i.test(value) ? 'disabled' : 'invalid';

for (const own of values) {
  for (const namespaced of values) {
    test(`injection: the pod says ${JSON.stringify(own)}, its namespace ${JSON.stringify(namespaced)}`, () => {
      const name = 'openservicemesh.io/sidecar-injection';
      const result = annotated(own === undefined ? {} : { [name]: own }, namespaced === undefined ? {} : { [name]: namespaced });
      const wanted = (meaning(own) ?? meaning(namespaced)) === 'disabled' ? 'reason' : meaning(own) === 'invalid' || meaning(namespaced) === 'invalid' ? 'denied' : 'patch';
      assert.ok(wanted in result, `${wanted}: ${JSON.stringify(result)}`);
    });
  }
}

for (const [what, namespace] of Object.entries<NamespaceFacts>({
  'of the cluster': { ...joined, name: 'kube-system' },
  'of the mesh': { ...joined, name: 'osm-system' },
  'without the label': { name: 'shop', described: { labels: {}, annotations: { 'openservicemesh.io/sidecar-injection': 'enabled' } } },
  'of another mesh': { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'other' }, annotations: {} } },
  'that is ignored': { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm', 'openservicemesh.io/ignore': '' }, annotations: {} } },
})) {
  test(`a namespace ${what}: its pods stay as they are, whatever they say`, () => {
    const result = inject({ ...plain, metadata: { annotations: { 'openservicemesh.io/sidecar-injection': 'what?' } } }, namespace, defaultSettings);
    assert.ok('reason' in result, JSON.stringify(result));
    assert.match(result.reason, namespace.name);
  });
}

test("a pod on its node's network stays as it is", () => {
  const result = inject({ ...plain, spec: { ...plain.spec, hostNetwork: true } }, joined, defaultSettings);
  assert.ok('reason' in result);
  assert.match(result.reason, 'hostNetwork');
});

test("the sidecar's user is for the sidecar alone: the pod, its containers, init and ephemeral containers", () => {
  const own = { name: 'x', securityContext: { runAsUser: 1500 } };
  for (const spec of [
    { securityContext: { runAsUser: 1500 } },
    { containers: [...plain.spec.containers, own] },
    { initContainers: [own] },
    { ephemeralContainers: [own] },
  ]) {
    assert.match(denied(inject({ spec: { ...plain.spec, ...spec } }, joined, defaultSettings)), 'user 1500');
    assert.throws(() => refuseUsers({ ...plain.spec, ...spec }), /user 1500/);
  }
  refuseUsers(plain.spec);
  assert.ok('patch' in inject({ spec: { ...plain.spec, securityContext: { runAsUser: 1501 } } }, joined, defaultSettings));
});

test('what the sidecar needs for itself is refused to others', () => {
  for (const [words, spec] of [
    ['called "envoy"', { containers: [{ name: 'envoy' }] }],
    ['called "osm-init"', { initContainers: [{ name: 'osm-init' }] }],
    ['port 15001', { containers: [{ name: 'app', ports: [{ containerPort: 15_001 }] }] }],
    ['mounts the volume "smic-run"', { volumes: [{ name: 'smic-run' }], containers: [{ name: 'app', volumeMounts: [{ name: 'smic-run', mountPath: '/x' }] }] }],
    ['Windows', { os: { name: 'windows' } }],
    ['Windows', { nodeSelector: { 'kubernetes.io/os': 'windows' } }],
  ] as const) {
    assert.match(denied(inject({ spec: { ...plain.spec, ...spec } } as PodObject, joined, defaultSettings)), words);
  }
  assert.ok('patch' in inject({ spec: { containers: [{ name: 'app', ports: [{ containerPort: 15_001, protocol: 'UDP' }] }] } }, joined, defaultSettings));
});

test('exclusions: of the pod and of the MeshConfig, each once, in the rules', () => {
  const config = {
    logLevel: 'info', initImage: 'registry/init:1', privilegedInit: false, resources: {}, onPodAddress: false,
    excludedInboundPorts: [9100], excludedOutboundPorts: [443], excludedOutboundRanges: ['10.1.0.0/16'], includedOutboundRanges: [], excludedInterfaces: ['net1'],
  };
  const pod = injected(
    {
      ...plain,
      metadata: {
        annotations: {
          'openservicemesh.io/inbound-port-exclusion-list': ' 9100 ,8081',
          'openservicemesh.io/outbound-port-exclusion-list': '443,6379,443',
          'openservicemesh.io/outbound-ip-range-exclusion-list': '10.1.0.0/16, fd00:1::/64,192.0.2.7/32',
          'openservicemesh.io/outbound-ip-range-inclusion-list': '',
        },
      },
    },
    { ...defaultSettings, ipv6: true, config },
  );
  const script = scriptOf(pod);
  assert.match(script, '--dports 8081,9100');
  assert.match(script, '--dports 443,6379');
  assert.is(script.match(/-d 10\.1\.0\.0\/16 /g)?.length, 1);
  assert.match(script, '-d fd00:1::/64 -j RETURN');
  assert.match(script, '-o net1 -j RETURN');
  assert.is(pod.spec.initContainers?.[0]?.['image'], 'registry/init:1');
});

for (const [name, bad] of [
  ['openservicemesh.io/inbound-port-exclusion-list', ['0', '65536', '70000', '80,,443', '8O', '-1', '80;443', '1e3', '080']],
  ['openservicemesh.io/outbound-port-exclusion-list', ['0', 'http']],
  ['openservicemesh.io/outbound-ip-range-exclusion-list', ['10.0.0.0/33', 'x', '10.0.0.0/8 -j ACCEPT', 'fd00::/129', '10.0.0/8', '10.0.0.0/8\n-P INPUT ACCEPT']],
  ['openservicemesh.io/outbound-ip-range-inclusion-list', ['10.0.0.0/8,', 'any']],
] as const) {
  for (const value of bad) {
    test(`${name}: ${JSON.stringify(value)} is refused`, () => {
      assert.match(denied(annotated({ [name]: value })), name);
    });
  }
}

test('metrics are scraped where the namespace says so, and a wrong word is refused', () => {
  const scraped = { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: { 'openservicemesh.io/metrics': 'enabled' } } };
  assert.equal(injected(plain, defaultSettings, scraped).metadata?.annotations, {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '15010',
    'prometheus.io/path': '/stats/prometheus',
  });
  assert.is(injected(plain).metadata?.annotations, undefined);
  assert.match(denied(annotated({}, { 'openservicemesh.io/metrics': 'on' })), 'openservicemesh.io/metrics');
});

test('native: rules, sidecar, then what the user has; classic: the user, then the rules; the sidecar first and waited for', () => {
  const pod: PodObject = { spec: { containers: [{ name: 'app' }, { name: 'log' }], initContainers: [{ name: 'migrate' }, { name: 'tunnel', restartPolicy: 'Always' }] } };
  const names = (list: readonly Container[] = []): readonly string[] => list.map(({ name }) => name);
  const native = injected(pod);
  assert.equal([names(native.spec.initContainers), names(native.spec.containers)], [['osm-init', 'envoy', 'migrate', 'tunnel'], ['app', 'log']]);
  assert.is(sidecarOf(native).restartPolicy, 'Always');
  assert.is(sidecarOf(native).startupProbe?.httpGet?.port, 15_903);
  const old = injected(pod, classic);
  assert.equal([names(old.spec.initContainers), names(old.spec.containers)], [['migrate', 'tunnel', 'osm-init'], ['envoy', 'app', 'log']]);
  assert.equal(sidecarOf(old).lifecycle?.postStart, { exec: { command: ['smic', 'agent', '--wait'] } });
  assert.is(sidecarOf(old).restartPolicy, undefined);
  assert.is(old.metadata?.annotations?.['kubectl.kubernetes.io/default-container'], 'app');
});

for (const [nativeSidecars, serverVersion, wanted] of [
  ['auto', undefined, true],
  ['auto', { major: 1, minor: 28 }, false],
  ['auto', { major: 1, minor: 29 }, true],
  ['auto', { major: 2, minor: 0 }, true],
  ['on', { major: 1, minor: 28 }, true],
  ['off', { major: 1, minor: 36 }, false],
] as const) {
  test(`native sidecars ${nativeSidecars}, Kubernetes ${serverVersion?.minor}: ${wanted}`, () => {
    assert.is(sidecarOf(injected(plain, { ...defaultSettings, nativeSidecars, serverVersion })).restartPolicy === 'Always', wanted);
  });
}

test('a classic sidecar and an init container that stays and is probed exclude each other', () => {
  const tunnel = { name: 'tunnel', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1 } } };
  assert.match(denied(inject({ spec: { ...plain.spec, initContainers: [tunnel] } }, joined, classic)), 'tunnel');
});

test('a Job with a classic sidecar is warned of, as are containers that could change the rules', () => {
  const job = { spec: { ...plain.spec, restartPolicy: 'Never' } };
  const warnings = (pod: PodObject, settings: MeshSettings): string => {
    const result = inject(pod, joined, settings);
    return 'warnings' in result ? result.warnings.join() : '';
  };
  assert.match(warnings(job, classic), 'Job');
  assert.is(warnings(job, defaultSettings), '');
  assert.match(warnings({ spec: { containers: [{ name: 'vpn', securityContext: { capabilities: { add: ['NET_ADMIN'] } } as never }] } }, defaultSettings), 'vpn');
});

test('probes of all kinds, of every container, named ports, one name the beginning of another', () => {
  const pod: PodObject = {
    spec: {
      containers: [
        {
          name: 'app',
          ports: [{ name: 'http', containerPort: 8080 }],
          livenessProbe: { httpGet: { path: 'alive?full=1#x', port: 'http', httpHeaders: [{ name: 'Host', value: 'shop' }] }, timeoutSeconds: 30, failureThreshold: 7 },
          readinessProbe: { tcpSocket: { port: 3306 }, periodSeconds: 2 },
          startupProbe: { grpc: { port: 9000, service: 'shop' } },
          lifecycle: { preStop: { httpGet: { path: '/drain', port: '8081' } }, postStart: { exec: { command: ['true'] } } },
        },
        { name: 'app-2', livenessProbe: { httpGet: { port: 8443, scheme: 'HTTPS' } }, readinessProbe: { exec: { command: ['true'] } }, startupProbe: { httpGet: { host: 'elsewhere', port: 1 } } },
      ],
      initContainers: [{ name: 'tunnel', restartPolicy: 'Always', ports: [{ name: 'http', containerPort: 7000 }], startupProbe: { httpGet: { path: '/ü b', port: 'http' } } }],
    },
  };
  const result = injected(pod);
  assert.equal(probesOf(result), [
    { kind: 'liveness', container: 'app', timeoutSeconds: 30, http: { port: 8080, path: '/alive?full=1', ownHost: true } },
    { kind: 'liveness', container: 'app-2', https: { port: 8443, path: '/' } },
    { kind: 'preStop', container: 'app', http: { port: 8081, path: '/drain' } },
    { kind: 'readiness', container: 'app', periodSeconds: 2, tcp: { port: 3306 } },
    { kind: 'readiness', container: 'envoy', http: { port: 15_000, path: '/ready', ownHost: true } },
    { kind: 'startup', container: 'app', grpc: { port: 9000, service: 'shop' } },
    { kind: 'startup', container: 'envoy', http: { port: 15_000, path: '/ready', ownHost: true } },
    { kind: 'startup', container: 'tunnel', http: { port: 7000, path: '/%C3%BC%20b' } },
  ]);
  const [app, second] = result.spec.containers;
  assert.equal(app?.livenessProbe, {
    httpGet: { path: '/osm-liveness-probe/app', port: 15_901, scheme: 'HTTP', httpHeaders: [{ name: 'Host', value: 'shop' }] },
    timeoutSeconds: 30,
    failureThreshold: 7,
  });
  assert.equal(app?.readinessProbe, { httpGet: { path: '/osm-readiness-probe/app', port: 15_902, scheme: 'HTTP' }, periodSeconds: 2 });
  assert.equal(app?.startupProbe, { httpGet: { path: '/osm-startup-probe/app', port: 15_903, scheme: 'HTTP' } });
  assert.equal(app?.lifecycle?.preStop, { httpGet: { path: '/osm-pre-stop-hook/app', port: 15_901, scheme: 'HTTP' } });
  assert.equal(app?.lifecycle?.postStart, { exec: { command: ['true'] } });
  assert.is(second?.livenessProbe?.httpGet?.path, '/osm-liveness-probe/app-2');
  assert.equal(second?.readinessProbe, pod.spec.containers[1]?.readinessProbe);
  assert.equal(second?.startupProbe, pod.spec.containers[1]?.startupProbe);
});

test('a copy that has lost its sidecar gets another one; what asks the lost one is refused', () => {
  const once = injected(probed);
  const { initContainers: _init, ...spec } = once.spec;
  assert.match(denied(inject({ ...once, spec }, joined, defaultSettings)), 'liveness probe of the container "app" asks for the port 15901');
  const bare = { ...spec, containers: [{ name: 'app' }] };
  assert.equal(injected({ ...once, spec: bare }), injected({ spec: { containers: [{ name: 'app' }], volumes: [] } }));
});

test('a probe that Kubernetes would refuse is refused: it sees the sidecar in its place', () => {
  for (const [probe, words] of [
    [{ httpGet: { port: 70_000 } }, '70000 is no port'],
    [{ tcpSocket: { port: 0 } }, '0 is no port'],
    [{ grpc: { port: -1 } }, '-1 is no port'],
    [{ httpGet: { port: 80 }, timeoutSeconds: -1 }, '-1 is no number of seconds'],
  ] as const) {
    assert.match(denied(inject({ spec: { containers: [{ name: 'app', livenessProbe: probe }] } }, joined, defaultSettings)), words);
  }
  assert.match(denied(inject({ spec: { containers: [{ name: 'a', livenessProbe: { tcpSocket: { port: 1 } } }, { name: 'a', livenessProbe: { tcpSocket: { port: 1 } } }] } }, joined, defaultSettings)), 'twice');
});

test('a probe of a port that the container has not is refused', () => {
  assert.match(denied(inject({ spec: { containers: [{ name: 'app', livenessProbe: { httpGet: { port: 'web' } } }] } }, joined, defaultSettings)), 'liveness probe of the container "app" asks for the port "web"');
});

const probed: PodObject = { spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }], livenessProbe: { httpGet: { port: 'http', path: '/' } } }] } };

for (const [mode, settings] of [['native', defaultSettings], ['classic', classic]] as const) {
  test(`${mode}: an injected pod is known again, as it is and with what Kubernetes and others have added to it`, () => {
    const once = injected(probed, settings);
    assert.equal([hasSidecar(probed), hasSidecar(once)], [false, true]);
    assert.equal(inject(once, joined, settings), { reason: 'the pod has its sidecar already' });
    const grown = structuredClone(once) as unknown as { spec: { containers: Record<string, unknown>[]; initContainers: Record<string, unknown>[] } };
    for (const container of [...grown.spec.containers, ...grown.spec.initContainers]) {
      container['terminationMessagePath'] = '/dev/termination-log';
      container['volumeMounts'] = [...((container['volumeMounts'] as object[] | undefined) ?? []), { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
      container['env'] = [...((container['env'] as object[] | undefined) ?? []), { name: 'OTHER', value: '1' }];
      for (const probe of ['readinessProbe', 'startupProbe']) if (probe in container) container[probe] = { ...(container[probe] as object), successThreshold: 1 };
    }
    assert.equal(inject(grown as unknown as PodObject, joined, settings), { reason: 'the pod has its sidecar already' });
  });

  test(`${mode}: a container that another webhook adds afterwards is taken in`, () => {
    const once = injected(probed, settings);
    const late = { ...once, spec: { ...once.spec, containers: [...once.spec.containers, { name: 'late', readinessProbe: { tcpSocket: { port: 5000 } } }] } };
    const result = inject(late, joined, settings);
    assert.ok('patch' in result && result.again);
    const twice = injected(late, settings);
    assert.ok(probesOf(twice).some(({ container, kind }) => container === 'late' && kind === 'readiness'));
    assert.equal(inject(twice, joined, settings), { reason: 'the pod has its sidecar already' });
    assert.is([...twice.spec.containers, ...(twice.spec.initContainers ?? [])].filter(({ name }) => name === 'envoy').length, 1);
  });

  test(`${mode}: a copy without probes, as kubectl debug --copy-to makes one, has no probes left in its sidecar`, () => {
    const once = injected(probed, settings);
    const bare = once.spec.containers.map(({ livenessProbe: _liveness, readinessProbe: _readiness, ...container }) => container);
    const copy = injected({ ...once, spec: { ...once.spec, containers: bare } }, settings);
    assert.equal(probesOf(copy).filter(({ container }) => container !== 'envoy'), []);
  });

  test(`${mode}: the settings of today go before those that a pod was injected with`, () => {
    const other = injected(injected(probed, settings === classic ? defaultSettings : classic), { ...settings, image: 'smic:2' });
    assert.equal(other.spec.initContainers, injected(probed, { ...settings, image: 'smic:2' }).spec.initContainers);
    assert.is(sidecarOf(other)['image'], 'smic:2');
    assert.is(sidecarOf(other).restartPolicy, settings === classic ? undefined : 'Always');
  });
}

test('what only looks like a sidecar is refused', () => {
  for (const env of [[], [{ name: 'SMIC_PROBES', value: 'null' }], [{ name: 'SMIC_PROBES', value: '[{}]' }]]) {
    assert.match(denied(inject({ spec: { containers: [...plain.spec.containers, { name: 'envoy', command: ['smic', 'agent'], env }] } }, joined, defaultSettings)), 'looks like a sidecar');
  }
});

test('an API server without the trust bundle in its settings: a ConfigMap in the namespace; with it, the environment', () => {
  const volume = (pod: PodObject): string => JSON.stringify(pod.spec.volumes?.find(({ name }) => name === 'smic-credentials'));
  assert.match(volume(injected(plain)), '"configMap":{"name":"smic-trust-bundle"');
  const bundled = injected(plain, { ...defaultSettings, trustBundle: 'PEM' });
  assert.not.match(volume(bundled), 'configMap');
  assert.ok(sidecarOf(bundled).env?.some(({ name, value }) => name === 'SMIC_TRUST_BUNDLE' && value === 'PEM'));
});

test('a pod that runs with a sidecar gets no ephemeral container of its user, and any other', () => {
  const debugged = (pod: PodObject, runAsUser: number): PodObject => ({ ...pod, spec: { ...pod.spec, ephemeralContainers: [{ name: 'debugger', securityContext: { runAsUser } }] } });
  for (const settings of [defaultSettings, classic]) {
    const pod = injected(plain, settings);
    assert.match(refuseDebugging(debugged(pod, 1500)) ?? '', 'the container "debugger" runs as user 1500');
    assert.is(refuseDebugging(debugged(pod, 0)), undefined);
    assert.is(refuseDebugging(pod), undefined);
  }
  assert.is(refuseDebugging(debugged(plain, 1500)), undefined);
});

test.run();
