import { suggest } from '../diagnostics/suggest.ts';
import type { Path } from '../load/document.ts';
import { parseDuration } from './duration.ts';
import type { MeshConfigV1Alpha1, MeshConfigV1Alpha2 } from './generated/types.ts';
import type { ExternalAuthorizationConfig, MeshConfig, TracingConfig } from './objects.ts';
import { readSidecars } from './mesh-config-sidecars.ts';
import { fault, type Reading } from './reading.ts';
import { cipherSuiteNames, curveNames, suitesIn } from './tls-names.ts';
import { oneOf, pathText, quoted } from '../load/words.ts';

type Spec = NonNullable<MeshConfigV1Alpha2['spec']>;
type WrittenTracing = NonNullable<NonNullable<Spec['observability']>['tracing']>;
type WrittenAuthorization = NonNullable<NonNullable<Spec['traffic']>['inboundExternalAuthorization']>;

/** v1alpha1 and v1alpha2: the former lacks some fields of the latter. */
export function readMeshConfig(written: MeshConfigV1Alpha1 | MeshConfigV1Alpha2, reading: Reading): MeshConfig {
  const spec: Spec = written.spec ?? {};
  const { sidecar = {}, traffic = {}, observability = {}, certificate = {} } = spec;
  const tlsMinimum = tlsVersion(sidecar.tlsMinProtocolVersion, 'TLSv1_2');
  const tlsMaximum = tlsVersion(sidecar.tlsMaxProtocolVersion, 'TLSv1_3');
  if (tlsMinimum > tlsMaximum) {
    const path = ['spec', 'sidecar', sidecar.tlsMinProtocolVersion === undefined ? 'tlsMaxProtocolVersion' : 'tlsMinProtocolVersion'];
    fault(reading, 'SMIC6002', path, `The oldest TLS version (${tlsMinimum}) is newer than the newest (${tlsMaximum})`);
  }
  if (tlsMinimum < 'TLSv1_2') {
    const path = ['spec', 'sidecar', 'tlsMinProtocolVersion'];
    fault(reading, 'SMIC6006', path, `Sidecars would take ${tlsMinimum} of each other`);
  }
  checkCipherSuites(sidecar.cipherSuites ?? [], reading);
  checkCurves(sidecar.ecdhCurves ?? [], reading);
  warnOfUnsupported(spec, reading);
  const lifetime = ['spec', 'certificate', 'serviceCertValidityDuration'];
  const authorization = ['spec', 'traffic', 'inboundExternalAuthorization'];
  return {
    meta: reading.meta,
    permissive: traffic.enablePermissiveTrafficPolicyMode ?? false,
    egress: traffic.enableEgress ?? false,
    tlsMinimum,
    tlsMaximum,
    cipherSuites: sidecar.cipherSuites ?? [],
    ecdhCurves: sidecar.ecdhCurves ?? [],
    tracing: readTracing(observability.tracing ?? {}, ['spec', 'observability', 'tracing'], reading),
    externalAuthorization: readAuthorization(traffic.inboundExternalAuthorization ?? {}, authorization, reading),
    certificateSeconds: Math.floor(readDuration(certificate.serviceCertValidityDuration, '24h', 1000, lifetime, reading) / 1000),
    sidecarConfig: readSidecars(spec, reading),
  };
}

/** Where collectors listen. OpenTelemetry's spans go over HTTP (source: OTLP/HTTP). */
const tracingDefaults = {
  Zipkin: { port: 9411, endpoint: '/api/v2/spans' },
  OpenTelemetry: { port: 4318, endpoint: '/v1/traces' },
} as const;

/** TLS_AUTO is what Envoy does by itself: from 1.2 to 1.3. */
function tlsVersion(written: string | undefined, automatic: string): string {
  return written === undefined || written === 'TLS_AUTO' ? automatic : written;
}

function checkCipherSuites(entries: readonly string[], reading: Reading): void {
  for (const [index, entry] of entries.entries()) {
    for (const suite of suitesIn(entry)) {
      if (cipherSuiteNames.has(suite)) continue;
      const path = ['spec', 'sidecar', 'cipherSuites', index];
      const near = suggest(suite, cipherSuiteNames);
      // Only the suites of TLS 1.3 have a name without key exchange.
      const fix = /^TLS_(?!.*_WITH_)/.test(suite) ? 'Leave it out: the cipher suites of TLS 1.3 are always on.' : near && `Did you mean "${near}"?`;
      fault(reading, 'SMIC6005', path, `${pathText(path)} names ${quoted(suite)}, which is no cipher suite that Envoy knows`, fix ? { fix } : {});
    }
  }
}

function checkCurves(names: readonly string[], reading: Reading): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const path = ['spec', 'sidecar', 'ecdhCurves', index];
    const curve = curveNames.get(name);
    if (curve === undefined) {
      const known = [...new Set(curveNames.values())];
      const near = suggest(name, known);
      const fix = near === undefined ? `Write ${oneOf(known)}.` : `Did you mean "${near}"?`;
      fault(reading, 'SMIC6005', path, `${pathText(path)} is ${quoted(name)}, which is no curve that Envoy knows`, { fix });
    } else if (seen.size === seen.add(curve).size) {
      fault(reading, 'SMIC6005', path, `${pathText(path)} names ${curve} a second time, which Envoy refuses`, { fix: 'Name each curve once.' });
    }
  }
}

function readTracing(written: WrittenTracing, at: Path, reading: Reading): TracingConfig | undefined {
  if (written.enable !== true) return undefined;
  const provider = written.provider ?? 'Zipkin';
  if (written.address !== undefined && written.address !== '') checkHost(written.address, [...at, 'address'], reading);
  const ofProvider = tracingDefaults[provider];
  const endpoint = written.endpoint || ofProvider.endpoint;
  if (!/^\/[\x21-\x7e]*$/.test(endpoint)) {
    fault(reading, 'SMIC6003', [...at, 'endpoint'], `${pathText([...at, 'endpoint'])} is ${quoted(endpoint)}, which is not a path`);
  }
  return {
    address: written.address || undefined,
    port: written.port ?? ofProvider.port,
    endpoint,
    provider,
    samplingPercent: written.samplingPercent ?? 100,
    at,
  };
}

function readAuthorization(written: WrittenAuthorization, at: Path, reading: Reading): ExternalAuthorizationConfig | undefined {
  if (written.enable !== true) return undefined;
  const { address = '', port = 0 } = written;
  if (address === '' || port === 0) {
    const missing = address === '' ? 'address' : 'port';
    fault(reading, 'SMIC6003', at, `External authorization is enabled without ${pathText([...at, missing])}`);
  } else {
    checkHost(address, [...at, 'address'], reading);
  }
  return {
    address,
    port,
    statPrefix: written.statPrefix || 'inboundExtAuthz',
    timeoutMilliseconds: Math.floor(readDuration(written.timeout, '1s', 1, [...at, 'timeout'], reading)),
    failureModeAllow: written.failureModeAllow ?? false,
    at,
  };
}

/** Host names, IPv4 and IPv6 addresses. */
function checkHost(text: string, path: Path, reading: Reading): void {
  if (text.length > 253 || !/^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9A-Fa-f:.]+)$/.test(text)) {
    fault(reading, 'SMIC6003', path, `${pathText(path)} is ${quoted(text)}, which is neither a host name nor an IP address`);
  }
}

/** Milliseconds. A duration that is none, or below `minimum`, is reported. An empty one is as good as omitted, as in Go. */
function readDuration(written: string | undefined, fallback: string, minimum: number, path: Path, reading: Reading): number {
  const milliseconds = parseDuration(written || fallback);
  if (milliseconds === undefined || milliseconds < minimum) {
    const problem = milliseconds === undefined ? 'not a duration such as 24h, 1h30m or 500ms' : 'too short';
    fault(reading, 'SMIC6001', path, `${pathText(path)} is ${quoted(written)}, which is ${problem}`);
  }
  return milliseconds ?? 0;
}

/** Settings that would change what the mesh does in OSM, and don't here. Those of the injector and the control plane aren't meant. */
function warnOfUnsupported({ certificate, featureFlags = {}, sidecar }: Spec, reading: Reading): void {
  const flags = ['enableEnvoyActiveHealthChecks', 'enableRetryPolicy', 'enableMulticlusterMode', 'enableMeshRootCertificate'] as const;
  for (const flag of flags) {
    if (featureFlags[flag] === true) {
      fault(reading, 'SMIC6004', ['spec', 'featureFlags', flag], `spec.featureFlags.${flag} is not supported and has no effect`);
    }
  }
  if (certificate?.ingressGateway) {
    const path = ['spec', 'certificate', 'ingressGateway'];
    fault(reading, 'SMIC6004', path, 'spec.certificate.ingressGateway is not supported and has no effect');
  }
  for (const field of ['envoyImage', 'envoyWindowsImage'] as const) {
    if (sidecar?.[field]) fault(reading, 'SMIC6004', ['spec', 'sidecar', field], `spec.sidecar.${field} has no effect: a sidecar's image holds the Envoy that smic compiles for, and smic's own program`);
  }
  const resync = sidecar?.configResyncInterval;
  if (resync !== undefined && resync !== '') {
    readDuration(resync, '0s', 0, ['spec', 'sidecar', 'configResyncInterval'], reading);
  }
}
