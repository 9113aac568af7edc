import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RE2JS } from 're2js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, type CompileOptions, type CompileResult } from '../../compiler/index.ts';
import type { Message } from './golden-proxies.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');
const shop = read('settings/shop.yaml');

test("OSM's defaults are what holds without a MeshConfig, in both versions", () => {
  const without = compileWith();
  assert.equal(digests(compileWith(read('bookstore/mesh-config.yaml'))), digests(without));
  assert.equal(digests(compileWith(read('settings/mesh-config-v1alpha1/mesh-config.yaml'))), digests(without));
  assert.equal(digests(compileWith(meshConfig({}))), digests(without));
  assert.is(without.artifact?.mesh.mode, 'policy');
});

test('what is for the injector and the control plane only changes nothing', () => {
  const settings = {
    sidecar: { logLevel: 'debug', envoyImage: 'x', maxDataPlaneConnections: 10, configResyncInterval: '1m', localProxyMode: 'Localhost' },
    traffic: { outboundPortExclusionList: [80], outboundIPRangeExclusionList: ['10.0.0.0/8'] },
    observability: { osmLogLevel: 'trace', enableDebugServer: true },
  };
  assert.equal(digests(compileWith(meshConfig(settings))), digests(compileWith()));
});

test('a setting that holds changes what proxies get', () => {
  for (const settings of [
    { traffic: { enableEgress: true } },
    { traffic: { enablePermissiveTrafficPolicyMode: true } },
    { sidecar: { tlsMinProtocolVersion: 'TLSv1_3' } },
    { observability: { tracing: { enable: true } } },
  ]) {
    assert.not.equal(digests(compileWith(meshConfig(settings))), digests(compileWith()), JSON.stringify(settings));
  }
});

test('TLS_AUTO is from 1.2 to 1.3, whichever side it stands on', () => {
  const automatic = meshConfig({ sidecar: { tlsMinProtocolVersion: 'TLS_AUTO', tlsMaxProtocolVersion: 'TLS_AUTO' } });
  assert.equal(digests(compileWith(automatic)), digests(compileWith()));
});

test('each cipher suite and curve that the MeshConfig names stands in every TLS context, in its order', () => {
  const sidecar = { cipherSuites: ['[ECDHE-RSA-AES128-GCM-SHA256|TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]', 'AES256-SHA'], ecdhCurves: ['P-521', 'x25519', 'X25519MLKEM768'] };
  const contexts = parts(compileWith(meshConfig({ sidecar })), 'tls_params');
  assert.is(contexts.length, 2);
  for (const { cipher_suites: suites, ecdh_curves: curves } of contexts) {
    assert.equal([suites, curves], [sidecar.cipherSuites, sidecar.ecdhCurves]);
  }
});

test('names that Envoy refuses are errors with the right name', () => {
  const finding = (sidecar: object): string => compileWith(meshConfig({ sidecar })).diagnostics.map(({ code, fix }) => `${code} ${fix}`).join();
  assert.is(finding({ ecdhCurves: ['P256'] }), 'SMIC6005 Did you mean "P-256"?');
  assert.is(finding({ ecdhCurves: ['P-256', 'prime256v1'] }), 'SMIC6005 Name each curve once.');
  assert.match(finding({ cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA265'] }), 'Did you mean "ECDHE-RSA-AES128-GCM-SHA256"?');
  assert.match(finding({ cipherSuites: ['[AES128-SHA|PSK-AES128-CBC-SHA]'] }), 'SMIC6005');
  assert.match(finding({ cipherSuites: ['ALL'] }), 'SMIC6005');
  assert.match(finding({ cipherSuites: ['TLS_AES_128_GCM_SHA256'] }), 'always on');
});

test('a collector by its IPv6 address', () => {
  const tracing = { enable: true, address: 'fd00::5' };
  const [zipkin] = parts(compileWith(meshConfig({ observability: { tracing } })), 'provider');
  assert.is(zipkin?.typed_config.collector_hostname, '[fd00::5]:9411');
  const [otlp] = parts(compileWith(meshConfig({ observability: { tracing: { ...tracing, provider: 'OpenTelemetry' } } })), 'provider');
  assert.is(otlp?.typed_config.http_service.http_uri.uri, 'http://[fd00::5]:4318/v1/traces');
});

test('tracing samples the share that the MeshConfig says, and none is none', () => {
  for (const samplingPercent of [0, 0.5, 100]) {
    const samplings = parts(compileWith(meshConfig({ observability: { tracing: { enable: true, samplingPercent } } })), 'random_sampling');
    assert.ok(samplings.length > 0);
    assert.ok(samplings.every(({ value }) => value === samplingPercent));
  }
});

test('external authorization is asked after RBAC, on the inbound side only, and denies when it is not there', () => {
  const result = compileWith(read('settings/external-authorization/mesh-config.yaml'));
  const managers = parts(result, 'http_filters').map((filters) => filters.map(({ name }: Message) => name));
  const asked = managers.filter((names) => names.includes('envoy.filters.http.ext_authz'));
  assert.equal(asked, [['envoy.filters.http.rbac', 'envoy.filters.http.ext_authz', 'envoy.filters.http.router']]);
  assert.not.match(JSON.stringify(messages(result)), '"failure_mode_allow":true');
});

test('what a client may not write is removed in every spelling that an application could take for it', () => {
  const [removal] = parts(compileWith(), 'remove_on_match');
  const pattern = RE2JS.compile(removal?.key_matcher.safe_regex.regex);
  const removed = (name: string): boolean => pattern.matches(name);
  for (const name of ['x-envoy-original-path', 'x-envoy-internal', 'x_envoy_internal', 'x-forwarded-client-cert', 'x_forwarded_client_cert', 'x-forwarded_client-cert']) {
    assert.ok(removed(name), name);
  }
  for (const name of ['x-forwarded-for', 'x-request-id', 'x-envoyage', 'my-x-envoy-header', 'x-forwarded-client-certificate', 'traceparent']) {
    assert.not.ok(removed(name), name);
  }
});

test('a Service on the number of a listener of the sidecar does not hide the guard of the loopback', () => {
  const text = read('settings/egress-beside-a-port-of-the-sidecar/input.yaml');
  const guards = parts(compile([{ name: 'input.yaml', text }]), 'filter_chain_match').filter(({ prefix_ranges: ranges }) => ranges?.[0].address_prefix === '127.0.0.0');
  assert.equal(guards.map((match) => match.destination_port), [undefined, 15001]);
});

test('foreign kinds are skipped and counted', () => {
  const { objects, artifact } = compile([{ name: 'a.yaml', text: read('bad-input/foreign-kinds/foreign.yaml') }, { name: 'b.yaml', text: shop }]);
  assert.equal(objects.skipped, {
    'apiextensions.k8s.io/v1 CustomResourceDefinition': 1,
    'networking.istio.io/v1 VirtualService': 1,
    'networking.k8s.io/v1 NetworkPolicy': 1,
    'v1 ConfigMap': 1,
  });
  assert.equal(digests({ artifact }), digests(compileWith()));
});

test('input without an object of smic is an error, unless it is allowed or something else is wrong already', () => {
  const codes = (text: string, options: Partial<CompileOptions> = {}): string => {
    const { diagnostics, artifact } = compile(text === '' ? [] : [{ name: 'a.yaml', text }], options);
    return `${diagnostics.map(({ code }) => code).join()} ${artifact ? 'artifact' : 'nothing'}`;
  };
  assert.is(codes(''), 'SMIC1040 nothing');
  assert.is(codes('# nothing\n'), 'SMIC1040 nothing');
  assert.is(codes('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'), 'SMIC1040 nothing');
  assert.is(codes('', { allowEmpty: true }), ' artifact');
  assert.is(codes('apiVersion: v1\nkind: Service\nmetadata: {name: A}\n'), 'SMIC2002 nothing');
});

test.run();

function compileWith(...meshConfigs: readonly string[]): CompileResult {
  return compile([shop, ...meshConfigs].map((text, index) => ({ name: `${index}.yaml`, text })));
}

function meshConfig(spec: object): string {
  const metadata = { name: 'osm-mesh-config', namespace: 'osm-system' };
  return JSON.stringify({ apiVersion: 'config.openservicemesh.io/v1alpha2', kind: 'MeshConfig', metadata, spec });
}

/** The digests of all that all proxies get. */
function digests({ artifact }: Pick<CompileResult, 'artifact'>): readonly string[] {
  if (!artifact) throw new Error('there is no artifact');
  return [...artifact.classes, ...artifact.sets].flatMap(({ name, resources }) => resources.map((resource) => `${name} ${resource.name} ${resource.digest}`));
}

function messages({ artifact, diagnostics }: CompileResult): readonly Message[] {
  if (!artifact) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return [...artifact.classes, ...artifact.sets].flatMap(({ resources }) => resources.map(({ message }) => message));
}

/** All values under a key, wherever they stand in a resource. */
function parts(result: CompileResult, key: string): readonly Message[] {
  const found: Message[] = [];
  const visit = (node: Message): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [name, value] of Object.entries(node)) {
      if (name === key) found.push(value);
      visit(value);
    }
  };
  messages(result).forEach(visit);
  return found;
}

function read(path: string): string {
  return readFileSync(join(fixtures, path), 'utf8');
}
