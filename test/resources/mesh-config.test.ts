import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, read, readClean } from './read.ts';

const config = (spec: string, version = 'v1alpha2'): string =>
  `apiVersion: config.openservicemesh.io/${version}\nkind: MeshConfig\nmetadata: {name: osm-mesh-config, namespace: osm-system}\nspec: ${spec}\n`;

test('OSM\'s defaults, where nothing is set', () => {
  for (const version of ['v1alpha1', 'v1alpha2']) {
    const [object] = readClean(config('{}', version)).meshConfigs;
    const { meta, ...settings } = object as NonNullable<typeof object>;
    assert.is(meta.name, 'osm-mesh-config');
    assert.equal(settings, {
      permissive: false,
      egress: false,
      tlsMinimum: 'TLSv1_2',
      tlsMaximum: 'TLSv1_3',
      cipherSuites: [],
      ecdhCurves: [],
      tracing: undefined,
      externalAuthorization: undefined,
      certificateSeconds: 86400,
      sidecarConfig: {
        logLevel: 'error',
        initImage: undefined,
        privilegedInit: false,
        resources: {},
        onPodAddress: false,
        excludedInboundPorts: [],
        excludedOutboundPorts: [],
        excludedOutboundRanges: [],
        includedOutboundRanges: [],
        excludedInterfaces: [],
      },
    });
  }
});

test('OSM\'s preset', () => {
  const preset = `
  sidecar:
    enablePrivilegedInitContainer: false
    logLevel: error
    maxDataPlaneConnections: 0
    configResyncInterval: "0s"
    resources: {}
    tlsMinProtocolVersion: TLSv1_2
    tlsMaxProtocolVersion: TLSv1_3
    cipherSuites: []
    ecdhCurves: []
    localProxyMode: Localhost
  traffic:
    enableEgress: true
    outboundIPRangeExclusionList: [10.0.0.0/8]
    outboundIPRangeInclusionList: []
    outboundPortExclusionList: [6379]
    inboundPortExclusionList: []
    networkInterfaceExclusionList: []
    enablePermissiveTrafficPolicyMode: true
    inboundExternalAuthorization: {enable: false, statPrefix: inboundExtAuthz, timeout: 1s, failureModeAllow: false}
  observability:
    osmLogLevel: info
    enableDebugServer: false
    tracing: {enable: false}
  certificate: {serviceCertValidityDuration: 24h, certKeyBitSize: 2048}
  featureFlags:
    enableWASMStats: true
    enableEgressPolicy: true
    enableSnapshotCacheMode: false
    enableAsyncProxyServiceMapping: false
    enableIngressBackendPolicy: true
    enableEnvoyActiveHealthChecks: false
    enableRetryPolicy: false
    enableMeshRootCertificate: false
`;
  const [object] = readClean(config(preset)).meshConfigs;
  assert.is(object?.permissive, true);
  assert.is(object?.egress, true);
});

test('tracing and external authorization', () => {
  const [object] = readClean(
    config(`{observability: {tracing: {enable: true, address: jaeger.tracing, samplingPercent: 12.5}},
  traffic: {inboundExternalAuthorization: {enable: true, address: authz, port: 9000, timeout: 250ms, failureModeAllow: true}}}`),
  ).meshConfigs;
  assert.equal(object?.tracing, {
    address: 'jaeger.tracing', port: 9411, endpoint: '/api/v2/spans', provider: 'Zipkin', samplingPercent: 12.5, at: ['spec', 'observability', 'tracing'],
  });
  assert.equal(object?.externalAuthorization, {
    address: 'authz', port: 9000, statPrefix: 'inboundExtAuthz', timeoutMilliseconds: 250, failureModeAllow: true, at: ['spec', 'traffic', 'inboundExternalAuthorization'],
  });
  const [other] = readClean(config('{observability: {tracing: {enable: true, provider: OpenTelemetry}}}')).meshConfigs;
  assert.is(other?.tracing?.port, 4318);
  assert.is(other?.tracing?.address, undefined);
});

test('what is wrong', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{traffic: {enableEgres: true}}', /^SMIC2001 4:18 Unknown field spec\.traffic\.enableEgres$/],
    ['{traffic: {enableEgress: "true"}}', /^SMIC2003 4:32 spec\.traffic\.enableEgress must be true or false, found a string \("true"\)$/],
    ['{sidecar: {tlsMinProtocolVersion: TLSv1.2}}', /^SMIC2003 .*TLSv1_3, found "TLSv1\.2"$/],
    ['{sidecar: {tlsMinProtocolVersion: TLSv1_3, tlsMaxProtocolVersion: TLSv1_2}}', /^SMIC6002 /],
    ['{certificate: {serviceCertValidityDuration: 1d}}', /^SMIC6001 /],
    ['{certificate: {serviceCertValidityDuration: 0s}}', /^SMIC6001 .*too short$/],
    ['{certificate: {serviceCertValidityDuration: -24h}}', /^SMIC6001 /],
    ['{certificate: {certKeyBitSize: 1024}}', /^SMIC2003 .*at least 2048/],
    ['{observability: {tracing: {samplingPercent: 101}}}', /^SMIC2003 .*at most 100, found 101$/],
    ['{observability: {tracing: {provider: zipkin}}}', /^SMIC2003 .*Zipkin or OpenTelemetry/],
    ['{observability: {tracing: {enable: true, address: "a b"}}}', /^SMIC6003 /],
    ['{observability: {tracing: {enable: true, endpoint: spans}}}', /^SMIC6003 /],
    ['{traffic: {inboundExternalAuthorization: {enable: true, port: 1}}}', /^SMIC6003 .*without .*address$/],
    ['{traffic: {inboundExternalAuthorization: {enable: true, address: a}}}', /^SMIC6003 .*without .*port$/],
  ];
  for (const [spec, want] of cases) {
    const lines = findings(config(spec));
    assert.is(lines.length, 1, `${spec}: ${lines.join('; ')}`);
    assert.match(lines[0] ?? '', want);
  }
});

test('v1alpha1 lacks fields of v1alpha2', () => {
  assert.match(findings(config('{sidecar: {tlsMinProtocolVersion: TLSv1_3}}', 'v1alpha1'))[0] ?? '', /^SMIC2001 /);
});

test('settings without effect are warnings', () => {
  const { objects, diagnostics } = read(config('{featureFlags: {enableRetryPolicy: true, enableEnvoyActiveHealthChecks: true, enableMeshRootCertificate: true}}'));
  assert.is(objects.meshConfigs.length, 1);
  assert.equal(diagnostics.map(({ code, level }) => `${level} ${code}`), ['warning SMIC6004', 'warning SMIC6004', 'warning SMIC6004']);
});

test.run();
