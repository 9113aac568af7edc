import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrap } from '../../server/bootstrap/bootstrap.ts';
import type { BootstrapOptions } from '../../server/bootstrap/bootstrap-options.ts';
import { secretFiles } from '../../server/bootstrap/certificate-secrets.ts';
import { parseAuthority } from '../../server/certificates/ca-folder.ts';
import { issueLeaf } from '../../server/certificates/issue-leaf.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { toBytes } from '../envoy/envoy-messages.ts';

const binary = process.env['ENVOY_BIN'];
const withEnvoy = binary === undefined ? test.skip : test;

const plain: BootstrapOptions = {
  pod: 'bookstore/bookstore-v1-0',
  cluster: 'bookstore-v1.bookstore',
  server: { host: 'smic.osm-system.svc', port: 15128, identity: 'spiffe://cluster.local/ns/osm-system/sa/smic' },
  secretsFolder: '/etc/smic',
};

const probes: BootstrapOptions['probes'] = [
  { kind: 'liveness', container: 'app', http: { port: 8080, path: '/healthz?full=1' }, timeoutSeconds: 30 },
  { kind: 'liveness', container: 'app-2', https: { port: 8443, path: '/' } },
  { kind: 'readiness', container: 'app', tcp: { port: 3306 }, periodSeconds: 5 },
  { kind: 'startup', container: 'app', grpc: { port: 9000, service: 'shop' } },
  { kind: 'startup', container: 'app-2', grpc: { port: 9001 } },
  { kind: 'preStop', container: 'app', http: { port: 8080, path: '/drain' } },
  { kind: 'postStart', container: 'app-2', https: { port: 8443, path: '/begin', ownHost: true }, timeoutSeconds: 20 },
];

// Made anew: Envoy wants to see certificates where it needs no name to be resolved.
const root = await makeRoot('ecdsa', 1, systemClock);
const { chain, privateKey } = await issueLeaf(parseAuthority(root), 'ecdsa', { identity: 'spiffe://cluster.local/ns/shop/sa/web', lifetimeSeconds: 3600 }, Date.now());
const certificates: Readonly<Record<string, string>> = { 'tls.crt': chain, 'tls.key': privateKey, 'ca.crt': root.certificates };

function validate(options: BootstrapOptions, changed: object = {}): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'smic-bootstrap-'));
  try {
    for (const [name, content] of Object.entries({ ...secretFiles(folder), ...certificates })) {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const file = join(folder, 'bootstrap.json');
    writeFileSync(file, JSON.stringify({ ...bootstrap({ ...options, secretsFolder: folder }), ...changed }));
    const run = spawnSync(binary ?? '', ['--mode', 'validate', '-c', file, '-l', 'warning', '--reject-unknown-dynamic-fields'], { encoding: 'utf8' });
    return { status: run.status, output: run.stdout + run.stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const variants: Readonly<Record<string, BootstrapOptions>> = {
  'without probes': plain,
  'with an address as server, state of the world, metadata': {
    ...plain,
    server: { ...plain.server, host: '10.0.0.1' },
    protocol: 'sotw',
    metadata: { version: '1' },
  },
  'with an IPv6 address as server': { ...plain, server: { ...plain.server, host: 'fd00::1' } },
  'with probes of all kinds, on IPv6 too': { ...plain, ipv6: true, probes },
  "with the pod's address": { ...plain, probes, podAddress: 'fd00::7' },
};

for (const [name, options] of Object.entries(variants)) {
  withEnvoy(`Envoy takes the bootstrap ${name}`, () => {
    const { status, output } = validate(options);
    assert.is(status, 0, output);
    assert.not.match(output, /warning|deprecated/i, output);
  });
}

withEnvoy('Envoy refuses a broken one, so its yes means something', () => {
  const { status, output } = validate(plain, { node: {} });
  assert.is.not(status, 0);
  assert.match(output, 'node');
});

test('every field is one of Envoy 1.40 (the descriptors refuse unknown ones)', () => {
  assert.ok(toBytes('envoy.config.bootstrap.v3.Bootstrap', bootstrap({ ...plain, probes, ipv6: true })).length > 0);
});

test("the server's identity is verified, sessions aren't resumed, and the admin port is the pod's own", () => {
  const text = JSON.stringify(bootstrap(plain));
  assert.match(text, '"match_typed_subject_alt_names":[{"san_type":"URI","matcher":{"exact":"spiffe://cluster.local/ns/osm-system/sa/smic"}}]');
  assert.match(text, '"max_session_keys":0');
  assert.match(text, '"admin":{"address":{"socket_address":{"address":"127.0.0.1","port_value":15000}}');
});

test("a probe's timeout is its own, and the path is matched as a whole", () => {
  const [liveness] = bootstrap({ ...plain, probes }).static_resources?.listeners ?? [];
  const text = JSON.stringify(liveness);
  assert.match(text, '"match":{"path":"/osm-liveness-probe/app"},"route":{"cluster":"app_liveness_cluster","prefix_rewrite":"/healthz?full=1","timeout":"30s"}');
  assert.match(text, '"match":{"path":"/osm-liveness-probe/app-2"}');
});

test("the Host is the pod's address with the container's port, unless the probe has one of its own; hooks come in by the first listener, with all the time they want", () => {
  const [liveness, ...others] = bootstrap({ ...plain, probes, podAddress: '10.1.2.3' }).static_resources?.listeners ?? [];
  assert.is(others.length, 2);
  const text = JSON.stringify(liveness);
  assert.match(text, '"prefix_rewrite":"/healthz?full=1","host_rewrite_literal":"10.1.2.3:8080","timeout":"30s"');
  assert.match(text, '"match":{"path":"/osm-pre-stop-hook/app"},"route":{"cluster":"app_preStop_cluster","prefix_rewrite":"/drain","host_rewrite_literal":"10.1.2.3:8080","timeout":"0s"}');
  assert.match(text, '"match":{"path":"/osm-post-start-hook/app-2"},"route":{"cluster":"app-2_postStart_cluster","prefix_rewrite":"/begin","timeout":"20s"}');
  assert.match(JSON.stringify(bootstrap({ ...plain, probes, podAddress: 'fd00::7' })), '"host_rewrite_literal":"[fd00::7]:8080"');
});

test('the order of probes has no meaning', () => {
  assert.equal(bootstrap({ ...plain, probes: [...probes].reverse() }), bootstrap({ ...plain, probes }));
});

for (const [what, options] of Object.entries<Partial<BootstrapOptions>>({
  'a pod without its namespace': { pod: 'bookstore-v1-0' },
  'a server without SPIFFE identity': { server: { ...plain.server, identity: 'smic' } },
  'a port that is none': { server: { ...plain.server, port: 0 } },
  "a pod's address that is none": { podAddress: 'web' },
  'a relative folder': { secretsFolder: 'etc' },
  'two probes of a kind in a container': {
    probes: [
      { kind: 'liveness', container: 'app', tcp: { port: 1 } },
      { kind: 'liveness', container: 'app', tcp: { port: 2 } },
    ],
  },
  'a container with a slash': { probes: [{ kind: 'liveness', container: 'a/b', tcp: { port: 1 } }] },
  'a probe of port 0': { probes: [{ kind: 'liveness', container: 'app', tcp: { port: 0 } }] },
  'a path with a line break': { probes: [{ kind: 'liveness', container: 'app', http: { port: 1, path: '/\r\nx: y' } }] },
})) {
  test(`${what} is refused`, () => {
    assert.throws(() => bootstrap({ ...plain, ...options }), (error: unknown) => error instanceof TypeError);
  });
}

test.run();
