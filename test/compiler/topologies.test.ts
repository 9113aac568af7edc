import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, findings } from './support/compile-text.ts';
import { namespace, permissiveMode, routeGroup, tcpRoute, trafficTarget } from './support/objects.ts';

/*
 * Whatever stands before and behind Services, as long as Kubernetes takes it, every proxy gets a configuration that holds
 * together: several Services on a pod, several accounts behind a Service, named ports that differ, and so on.
 */

const accounts = ['ann', 'ben'];
// Few labels and values, so that Services share pods in every way.
const track = fc.constantFrom('stable', 'canary');

const pod = fc.record({
  account: fc.constantFrom('ann', 'ann', 'ben'),
  labels: fc.record({ app: fc.constant('x'), track }),
  web: fc.constantFrom(8080, 9090),
  sidecar: fc.integer({ min: 0, max: 9 }).map((draw) => draw > 0),
  isIPv6: fc.boolean(),
});

const port = fc.record({
  number: fc.constantFrom(80, 81, 8080, 15_003),
  target: fc.constantFrom<(number | string)[]>(8080, 9090, 'web', 'web'),
  protocol: fc.constantFrom('http', 'grpc', 'tcp', 'tcp-server-first', 'https'),
});

const service = fc.record({
  selector: fc.record({ app: fc.constant('x'), track }, { requiredKeys: ['app'] }),
  headless: fc.boolean(),
  ports: fc.uniqueArray(port, { minLength: 1, maxLength: 3, selector: ({ number }) => number }),
});

const meshes = fc.record({
  pods: fc.array(pod, { minLength: 1, maxLength: 5 }),
  services: fc.array(service, { minLength: 1, maxLength: 4 }),
  permissive: fc.boolean(),
});

type Pod = typeof pod extends fc.Arbitrary<infer Value> ? Value : never;
type Service = typeof service extends fc.Arbitrary<infer Value> ? Value : never;

function podObject({ account, labels: own, web, sidecar, isIPv6 }: Pod, index: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${index}`,
      namespace: 'mesh',
      labels: own,
      ...(!sidecar && { annotations: { 'openservicemesh.io/sidecar-injection': 'disabled' } }),
    },
    spec: { serviceAccountName: account, containers: [{ name: 'app', image: 'example.org/app', ports: [{ name: 'web', containerPort: web }] }] },
    status: { phase: 'Running', podIP: isIPv6 ? `fd00::${index + 1}` : `10.1.0.${index + 1}`, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function serviceObject({ selector, headless, ports }: Service, index: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `service-${index}`, namespace: 'mesh' },
    spec: {
      clusterIP: headless ? 'None' : `10.0.0.${index + 1}`,
      selector,
      ports: ports.map(({ number, target, protocol }) => ({ name: `p${number}`, port: number, targetPort: target, appProtocol: protocol })),
    },
  };
}

test('every proxy of a mesh that Kubernetes takes gets a configuration that holds together', () => {
  fc.assert(
    fc.property(meshes, ({ pods, services, permissive }) => {
      const rules = [{ kind: 'HTTPRouteGroup', name: 'all' }, { kind: 'TCPRoute', name: 'all' }];
      const result = compileText([
        namespace,
        ...pods.map(podObject),
        ...services.map(serviceObject),
        ...accounts.map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'mesh' } })),
        routeGroup('all', [{ name: 'all' }]),
        tcpRoute('all', []),
        ...accounts.map((account) => trafficTarget(account, account, rules, accounts)),
        ...(permissive ? [permissiveMode] : []),
      ]);
      assert.ok(result.artifact, findings(result).join());
      const identities = new Set(pods.filter(({ sidecar }) => sidecar).map(({ account }) => account));
      assert.equal(new Set(result.artifact.classes.map(({ serviceAccount }) => serviceAccount)), identities);
    }),
    { numRuns: 150 },
  );
});

test.run();
