import type { Artifact, ProxyClass, Resource, ResourceType, SourceEntry } from '../../../compiler/artifact/artifact.ts';
import { createResource } from '../../../compiler/artifact/resource.ts';
import { createEncoder } from '../../../compiler/encode/encoder.ts';
import type { Document } from '../../../compiler/load/document.ts';
import { splitDocuments } from '../../../compiler/load/split-documents.ts';

const text = `# A comment
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata:
  name: books
  namespace: shop
spec:
  rules:
    - kind: HTTPRouteGroup
      name: one
    - kind: HTTPRouteGroup
      name: two
---
{"apiVersion": "v1", "kind": "List", "items": [
  {"kind": "Service", "metadata": {"name": "a"}},
  {"kind": "Service",
   "metadata": {"name": "b"},
   "spec": {"ports": [
     {"port": 80},
     {"port": 81}]}}
]}
`;

/** A document of YAML, and one of JSON, in one file. */
const [yaml, json] = splitDocuments(text).map((part): Document => ({ file: 'policies/all.yaml', ...part, value: undefined })) as [Document, Document];

const fromRule = (pointer: string, rule: number): SourceEntry => ({
  pointer,
  origin: { document: yaml, path: [] },
  path: ['spec', 'rules', rule],
  object: 'TrafficTarget/shop/books',
});
const fromService = (pointer: string, port: number): SourceEntry => ({
  pointer,
  origin: { document: json, path: ['items', 1] },
  path: ['spec', 'ports', port],
  object: 'Service/shop/b',
});

const router = { name: 'router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } };
const chain = (name: string): object => ({ name, filters: [{ name: 'x' }, router], filter_chain_match: { destination_port: 80 } });

/** An artifact of two classes that share resources, and parts of resources, and a shared set. */
export function sampleArtifact(): Artifact {
  const encoder = createEncoder();
  const make = (type: ResourceType, name: string, message: object, sources: readonly SourceEntry[] = []): Resource =>
    createResource(encoder, type, name, message, sources);
  const chains = ['a', 'b', 'c'].map(chain);
  const shared = make('cluster', 'shop/b|80', { name: 'shop/b|80', type: 'EDS', connect_timeout: '5s' }, [fromService('', 0)]);
  const endpoints = make('endpoint', 'shop/b|80', { cluster_name: 'shop/b|80', endpoints: [{ lb_endpoints: [] }] });
  const listener = (name: string): Resource =>
    make('listener', name, { name, filter_chains: [...chains, ...Array.from({ length: 8 }, (_, index) => chain(`more${index}`))] }, [
      fromRule('/filter_chains/10', 1),
      fromRule('/filter_chains/2', 0),
      fromService('/filter_chains/2', 1),
      fromRule('/filter_chains/2', 0),
    ]);
  const proxyClass = (name: string, resources: readonly Resource[], sets: readonly string[]): ProxyClass => ({
    namespace: 'shop',
    serviceAccount: 'client',
    name,
    identity: 'spiffe://cluster.local/ns/shop/sa/client',
    services: ['b'],
    pods: ['Deployment/b', 'b-1'],
    resources,
    sets,
  });
  const secret = make('secret', 'workload', { name: 'workload', tls_certificate: { certificate_chain: { inline_string: 'é' } } });
  const route = make('route', 'r', { virtual_hosts: [{ domains: ['*'], name: 'v' }], name: 'r' });
  return {
    mesh: { name: 'osm', trustDomain: 'cluster.local', mode: 'policy', certificateSeconds: 86_400 },
    inputs: { TrafficTarget: { objects: 1, digest: `sha256:${'0'.repeat(64)}` }, Service: { objects: 2, digest: `sha256:${'1'.repeat(64)}` } },
    holes: ['workload-certificate', 'trust-bundle'],
    classes: [
      proxyClass('client', [shared, endpoints, secret, listener('out')], []),
      proxyClass('client~b+c', [shared, endpoints, listener('out'), listener('out2')], ['everyone']),
    ],
    sets: [{ name: 'everyone', resources: [shared, endpoints, route] }],
  };
}

/** The artifact's files as a map. */
export function asMap(files: Iterable<{ readonly path: string; readonly content: string }>): Map<string, string> {
  return new Map([...files].map(({ path, content }) => [path, content]));
}
