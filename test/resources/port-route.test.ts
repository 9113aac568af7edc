import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings, readClean } from './read.ts';

const route = (kind: string, version: string, rest: string): string =>
  `apiVersion: specs.smi-spec.io/${version}\nkind: ${kind}\nmetadata: {name: r}\n${rest}\n`;

test('every kind and version', () => {
  for (const [kind, list] of [['TCPRoute', 'tcpRoutes'], ['UDPRoute', 'udpRoutes']] as const) {
    for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4']) {
      assert.equal(readClean(route(kind, version, 'spec: {}'))[list].map(({ meta, ports }) => [meta.namespace, ports]), [['default', []]]);
      assert.is(readClean(route(kind, version, ''))[list].length, 1);
    }
    const [object] = readClean(route(kind, 'v1alpha4', 'spec: {matches: {name: x, ports: [80, 443, 80]}}'))[list];
    assert.equal(object?.ports, [{ port: 80, at: ['spec', 'matches', 'ports', 0] }, { port: 443, at: ['spec', 'matches', 'ports', 1] }]);
  }
});

test('ports out of range', () => {
  for (const port of ['0', '65536', '-80', '80.5', '"80"']) {
    assert.match(findings(route('TCPRoute', 'v1alpha4', `spec: {matches: {ports: [${port}]}}`))[0] ?? '', /^SMIC2003 4:26 spec\.matches\.ports\[0\] must be /);
  }
  assert.match(findings(route('TCPRoute', 'v1alpha3', 'spec: {matches: {ports: [80]}}'))[0] ?? '', /^SMIC2001 4:8 /);
});

test.run();
