import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource, ResourceType } from '../../compiler/artifact/artifact.ts';
import { closureCheck } from '../../compiler/envoy/closure/closure.ts';
import { compile } from '../../compiler/index.ts';

/*
 * What Envoy accepts although it is wrong: each fault is made in a good configuration, and the closure check must name it.
 */

/** A message that a test breaks: whatever Envoy's JSON may hold. */

type Message = any; // oxlint-disable-line no-explicit-any -- tests reach into it at will

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');
const shop = source('settings/shop.yaml');
const database = source('tls/tcp-clients/input.yaml');
const clients = resourcesOf([shop, database, source('settings/external-authorization/mesh-config.yaml')]);
const traced = resourcesOf([shop, database, source('settings/tracing-zipkin/mesh-config.yaml')]);
const egress = resourcesOf([shop, database, source('settings/permissive-egress/mesh-config.yaml')]);

test('a good configuration has no fault', () => {
  for (const proxies of [clients, traced, egress]) {
    for (const [name, resources] of proxies) assert.equal({ name, faults: faultsOf(resources) }, { name, faults: [] });
  }
});

test('each part of the mesh is there to be broken', () => {
  assert.equal([...clients.keys()], ['shop/books', 'shop/database', 'shop/front']);
});

// References.
finds('a route to an unknown cluster', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].route.cluster = 'shop/bocks|80';
}, /refers to the cluster "shop\/bocks\|80"/);
finds('a share for an unknown cluster', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].route = { weighted_clusters: { clusters: [{ name: 'shop/books|80', weight: 1 }, { name: 'gone', weight: 1 }] } };
}, /refers to the cluster "gone"/);
finds('a TCP proxy to an unknown cluster', 'front', 'listener', /outbound/, (listener) => {
  tcpProxy(chain(listener, /database/)).cluster = 'gone';
}, /refers to the cluster "gone"/);
finds('a listener that refers to unknown routes', 'front', 'listener', /outbound/, (listener) => {
  manager(chain(listener, /books/)).rds.route_config_name = 'gone';
}, /refers to the route configuration "gone"/, /no listener refers to it/);
finds('TLS that refers to an unknown secret', 'front', 'cluster', /books\|80$/, (cluster) => {
  tls(cluster).common_tls_context.tls_certificate_sds_secret_configs[0].name = 'service-cert';
}, /refers to the secret "service-cert"/);
finds('a trust bundle that is not there', 'books', 'listener', /inbound/, (listener) => {
  tls(chain(listener, /books/)).common_tls_context.combined_validation_context.validation_context_sds_secret_config.name = 'root';
}, /refers to the secret "root"/);
finds('external authorization by an unknown cluster', 'books', 'listener', /inbound/, (listener) => {
  manager(chain(listener, /books/)).http_filters[1].typed_config.grpc_service.envoy_grpc.cluster_name = 'gone';
}, /refers to the cluster "gone"/);
finds('per-filter configuration under a name that no filter has', 'books', 'listener', /inbound/, (listener) => {
  manager(chain(listener, /books/)).http_filters[0].name = 'rbac';
}, /first HTTP filter is not RBAC/, /no HTTP filter reads what "rds-inbound.*" configures for "envoy.filters.http.rbac"/);
finds('endpoints without a cluster', 'front', 'endpoint', /books/, (endpoint) => {
  endpoint.cluster_name = 'shop/bocks|80';
}, /its message has the name "shop\/bocks\|80"/);

test('finds a tracer that sends to an unknown cluster', () => {
  const resources = without(traced, 'shop/books', (resource) => resource.name === 'envoy-tracing-cluster');
  assert.ok(faultsOf(resources).some((fault) => /refers to the cluster "envoy-tracing-cluster"/.test(fault)));
});
test('finds a cluster whose endpoints are missing', () => {
  const resources = without(clients, 'shop/front', ({ type, name }) => type === 'endpoint' && name === 'shop/books|80');
  assert.equal(faultsOf(resources), ['cluster shop/books|80: its endpoints are not there']);
});
test('finds endpoints whose cluster is missing', () => {
  const resources = without(clients, 'shop/front', ({ type, name }) => type === 'cluster' && name === 'shop/books|80');
  assert.ok(faultsOf(resources).includes('endpoint shop/books|80: no cluster has these endpoints'));
});
test('finds routes that nobody uses', () => {
  const resources = without(clients, 'shop/front', ({ type }) => type === 'listener');
  assert.equal(faultsOf(resources), ['route rds-outbound.shop/books|80: no listener refers to it']);
});
test('finds two resources of one name', () => {
  const resources = clients.get('shop/front') ?? [];
  const twice = [...resources, ...resources.filter(({ name }) => name === 'shop/books|80')];
  assert.equal(faultsOf(twice), ['cluster shop/books|80: there are two of this name', 'endpoint shop/books|80: there are two of this name']);
});

// Listeners.
finds('two filter chains of one name', 'front', 'listener', /outbound/, (listener) => {
  listener.filter_chains[1].name = listener.filter_chains[0].name;
}, /two of its filter chains have one name/);
finds('two filter chains that match the same', 'front', 'listener', /outbound/, (listener) => {
  listener.filter_chains[1].filter_chain_match = { ...listener.filter_chains[0].filter_chain_match };
}, /two of its filter chains match the same/);
finds('server names without a TLS inspector', 'books', 'listener', /inbound/, (listener) => {
  listener.listener_filters = listener.listener_filters.filter((filter: Message) => !/tls_inspector/.test(filter.name));
}, /without a TLS inspector/);
finds('ports without the original destination', 'front', 'listener', /outbound/, (listener) => {
  listener.listener_filters = listener.listener_filters.filter((filter: Message) => !/original_dst/.test(filter.name));
}, /without finding the original one/);
finds('application protocols without an HTTP inspector', 'front', 'listener', /outbound/, (listener) => {
  listener.listener_filters = listener.listener_filters.filter((filter: Message) => !/http_inspector/.test(filter.name));
}, /without an HTTP inspector/);
finds('an inspector that is disabled for no port', 'front', 'listener', /outbound/, (listener) => {
  const disabled = listener.listener_filters.find((filter: Message) => filter.filter_disabled).filter_disabled;
  disabled.destination_port_range.end = disabled.destination_port_range.start;
}, /disabled for an empty range/);
finds('server names in capital letters', 'books', 'listener', /inbound/, (listener) => {
  chain(listener, /books/).filter_chain_match.server_names = ['80.Books.shop.svc.cluster.local'];
}, /capital letters/);
finds('an inbound chain for any server name', 'books', 'listener', /inbound/, (listener) => {
  delete chain(listener, /books/).filter_chain_match.server_names;
}, /it names no server/);
finds('an inbound chain for plaintext', 'books', 'listener', /inbound/, (listener) => {
  delete chain(listener, /books/).transport_socket;
}, /it takes plaintext/);
finds('an inbound chain that is not for TLS only', 'books', 'listener', /inbound/, (listener) => {
  delete chain(listener, /books/).filter_chain_match.transport_protocol;
}, /not for TLS only/);
finds('an inbound chain for all that no chain is for', 'books', 'listener', /inbound/, (listener) => {
  listener.default_filter_chain = { name: 'rest', filters: [{ name: 'tcp', typed_config: { '@type': tcpProxyType, stat_prefix: 'x', cluster: 'shop/books|8080|local' } }] };
}, /"rest": it takes plaintext/, /not for TLS only/, /names no server/, /no RBAC stands before/, /before the client's TLS handshake/);
finds('an outbound chain for any address', 'front', 'listener', /outbound/, (listener) => {
  delete chain(listener, /books/).filter_chain_match.prefix_ranges;
}, /more than single addresses/);
finds('an outbound chain for a whole IPv6 network', 'front', 'listener', /outbound/, (listener) => {
  chain(listener, /books/).filter_chain_match.prefix_ranges = [{ address_prefix: 'fd00::1', prefix_len: 32 }];
}, /more than single addresses/);
finds('TLS towards the application', 'front', 'listener', /outbound/, (listener) => {
  chain(listener, /books/).transport_socket = { name: 'tls' };
}, /wants TLS where there is none/);
finds('a listener without chains', 'front', 'listener', /outbound/, (listener) => {
  listener.filter_chains = [];
}, /it has no filter chain/, /no listener refers to it/);
finds('a listener that is none of a sidecar', 'front', 'listener', /outbound/, (listener) => {
  listener.name = 'other';
}, /none of the listeners of a sidecar/, /its message has the name "other"/);
finds('a filter that nobody has thought of', 'front', 'listener', /outbound/, (listener) => {
  chain(listener, /books/).filters.unshift({ name: 'echo', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo' } });
}, /filter "echo" isn't known/);

// TLS.
finds('no validation context', 'books', 'listener', /inbound/, (listener) => {
  delete tls(chain(listener, /books/)).common_tls_context.combined_validation_context;
}, /no trust bundle/, /accepts any name/);
finds('an empty list of names', 'database', 'listener', /inbound/, (listener) => {
  names(tls(chain(listener, /database/))).length = 0;
}, /accepts any name/);
finds('an empty prefix as the name', 'books', 'listener', /inbound/, (listener) => {
  names(tls(chain(listener, /books/)))[0].matcher = { prefix: '' };
}, /no identities of the mesh/);
finds('a DNS name as the name', 'front', 'cluster', /books\|80$/, (cluster) => {
  names(tls(cluster))[0].san_type = 'DNS';
}, /no identities of the mesh/);
finds('any identity as the server', 'front', 'cluster', /books\|80$/, (cluster) => {
  names(tls(cluster))[0].matcher = { prefix: 'spiffe://cluster.local/ns/' };
}, /accepts any identity as the server/);
finds('clients without a certificate', 'books', 'listener', /inbound/, (listener) => {
  delete tls(chain(listener, /books/)).require_client_certificate;
}, /asks for no client certificate/);
finds('session tickets', 'books', 'listener', /inbound/, (listener) => {
  delete tls(chain(listener, /books/)).disable_stateless_session_resumption;
}, /resumes TLS sessions by ticket/);
finds('session ids', 'books', 'listener', /inbound/, (listener) => {
  tls(chain(listener, /books/)).disable_stateful_session_resumption = false;
}, /resumes TLS sessions by id/);
finds('an application protocol that the server negotiates', 'books', 'listener', /inbound/, (listener) => {
  tls(chain(listener, /books/)).common_tls_context.alpn_protocols = ['osm'];
}, /negotiates an application protocol/);
finds('a client that keeps sessions', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete tls(cluster).max_session_keys;
}, /keeps TLS sessions/);
finds('a client that offers no application protocol', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete tls(cluster).common_tls_context.alpn_protocols;
}, /offers no application protocol/);
finds('a client that names no server', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete tls(cluster).sni;
}, /names no server/);
finds("a client that stays with Envoy's newest TLS version, 1.2", 'front', 'cluster', /books\|80$/, (cluster) => {
  delete tls(cluster).common_tls_context.tls_params.tls_maximum_protocol_version;
}, /leaves the newest TLS version open/);
finds('a side without a certificate', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete tls(cluster).common_tls_context.tls_certificate_sds_secret_configs;
}, /presents no certificate/);
finds('plaintext between pods', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete cluster.transport_socket;
}, /plaintext to other pods/);
finds('plaintext to a pod that is dialled itself', 'front', 'cluster', /books\|80$/, (cluster) => {
  delete cluster.transport_socket;
  Object.assign(cluster, { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', eds_cluster_config: undefined });
}, /plaintext to other pods/);
finds('a raw socket in place of TLS', 'books', 'listener', /inbound/, (listener) => {
  chain(listener, /books/).transport_socket = { name: 'raw', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer' } };
}, /isn't TLS with a client/);
finds('endpoints of another cluster', 'books', 'cluster', /local$/, (cluster) => {
  cluster.load_assignment.cluster_name = 'shop/other|local';
}, /endpoints are those of another cluster/);

// Authorization.
finds('an RBAC filter without rules', 'books', 'listener', /inbound/, (listener) => {
  delete manager(chain(listener, /books/)).http_filters[0].typed_config.rules;
}, /has no rules and so allows everything/);
finds('an RBAC filter that is switched off for a host', 'books', 'route', /rds-inbound/, (route) => {
  delete rbac(route).rbac;
}, /has no rules and so allows everything/);
finds('an RBAC filter that is switched off for a route', 'books', 'route', /rds-inbound/, (route) => {
  route.virtual_hosts[0].routes[0].typed_per_filter_config = { 'envoy.filters.http.rbac': { '@type': rbac(route)['@type'] } };
}, /overrides what its virtual host configures/);
finds('rules that deny in place of allowing', 'books', 'route', /rds-inbound/, (route) => {
  rbac(route).rbac.rules.action = 'DENY';
}, /not a list of what is allowed/);
finds('a policy for nobody', 'books', 'route', /rds-inbound/, (route) => {
  policy(route).principals = [];
}, /is for nobody/);
finds('a policy that permits nothing', 'books', 'route', /rds-inbound/, (route) => {
  policy(route).permissions = [];
}, /permits nothing/);
finds('a policy for anybody', 'books', 'route', /rds-inbound/, (route) => {
  policy(route).principals = [{ any: true }];
}, /for others than identities/);
finds('a policy for everybody but one', 'books', 'route', /rds-inbound/, (route) => {
  policy(route).principals = [{ not_id: policy(route).principals[0] }];
}, /for others than identities/);
finds('a policy for whoever has a certificate', 'books', 'route', /rds-inbound/, (route) => {
  const config = policy(route).principals[0].custom.typed_config;
  delete config.san_matcher;
  config.any_validated_client_certificate = true;
}, /for others than identities/);
finds('a policy for a header that a client writes', 'books', 'route', /rds-inbound/, (route) => {
  policy(route).principals = [{ header: { name: 'x-forwarded-client-cert', string_match: { contains: 'front' } } }];
}, /for others than identities/);
finds('a TCP proxy without RBAC before it', 'database', 'listener', /inbound/, (listener) => {
  chain(listener, /database/).filters.shift();
}, /no RBAC stands before/);
finds('network RBAC without rules', 'database', 'listener', /inbound/, (listener) => {
  delete chain(listener, /database/).filters[0].typed_config.rules;
}, /has no rules and so allows everything/);
finds("a server's first byte before the client is known", 'database', 'listener', /inbound/, (listener) => {
  delete tcpProxy(chain(listener, /database/)).upstream_connect_mode;
}, /before the client's TLS handshake/);

// HTTP.
finds('RBAC behind another filter', 'books', 'listener', /inbound/, (listener) => {
  const filters = manager(chain(listener, /books/)).http_filters;
  [filters[0], filters[1]] = [filters[1], filters[0]];
}, /first HTTP filter is not RBAC/);
finds('paths as written', 'books', 'listener', /inbound/, (listener) => {
  delete manager(chain(listener, /books/)).normalize_path;
}, /judges paths as written/);
finds('double slashes', 'books', 'listener', /inbound/, (listener) => {
  delete manager(chain(listener, /books/)).merge_slashes;
}, /judges paths as written/);
finds('escaped slashes', 'books', 'listener', /inbound/, (listener) => {
  manager(chain(listener, /books/)).path_with_escaped_slashes_action = 'KEEP_UNCHANGED';
}, /lets escaped slashes pass/);
finds("a client's own identity header", 'books', 'listener', /inbound/, (listener) => {
  manager(chain(listener, /books/)).forward_client_cert_details = 'APPEND_FORWARD';
}, /lets clients write identity headers/);
finds("a client's own x-envoy- headers", 'books', 'listener', /inbound/, (listener) => {
  delete manager(chain(listener, /books/)).early_header_mutation_extensions;
}, /lets clients write Envoy's own headers/);
finds('trust in x-forwarded-for', 'books', 'listener', /inbound/, (listener) => {
  manager(chain(listener, /books/)).internal_address_config = {};
}, /trusts headers/);
finds('a router that is not last', 'front', 'listener', /outbound/, (listener) => {
  manager(chain(listener, /books/)).http_filters.push({ name: 'after', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer' } });
}, /last HTTP filter is not the router/, /HTTP filter "after" isn't known/);
finds('no routes at all', 'front', 'listener', /outbound/, (listener) => {
  delete manager(chain(listener, /books/)).rds;
}, /has no routes/, /no listener refers to it/);
finds('one cluster twice in a weighted list', 'front', 'route', /rds-outbound/, (route) => {
  const share = { name: 'shop/books|80', weight: 1 };
  route.virtual_hosts[0].routes[0].route = { weighted_clusters: { clusters: [share, share] } };
}, /names one cluster twice/);
finds('weights that are all 0', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].route = { weighted_clusters: { clusters: [{ name: 'shop/books|80', weight: 0 }] } };
}, /add up to 0/);
finds('a route that leads nowhere', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].route = {};
}, /leads nowhere/);
finds('unknown words to retry on', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].route.retry_policy.retry_on = 'connect-failure,on-failure';
}, /retries on an unknown condition, "on-failure"/);
finds('two virtual hosts of one name and one domain', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts.push(structuredClone(route.virtual_hosts[0]));
}, /have one name/, /have one domain/);
finds('a request that no route takes', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts[0].routes[0].match = { prefix: '/', headers: [{ name: 'x-tester', present_match: true }] };
}, /doesn't take all that is left/);
finds('routes without a virtual host', 'front', 'route', /rds-outbound/, (route) => {
  route.virtual_hosts = [];
}, /it has no virtual host/);

test.run();

const tcpProxyType = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';

/** A test that breaks one resource of a proxy, and sees that exactly these faults are found. */
function finds(
  what: string,
  proxy: string,
  type: ResourceType,
  name: RegExp,
  breakIt: (message: Message) => void,
  ...faults: readonly RegExp[]
): void {
  test(`finds ${what}`, () => {
    const resources = clients.get(`shop/${proxy}`) ?? [];
    const victim = resources.find((resource) => resource.type === type && name.test(resource.name));
    if (!victim) throw new Error(`${proxy} has no ${type} ${name.source}`);
    // Through JSON: parts that are shared within the message become separate.
    const message = JSON.parse(JSON.stringify(victim.message));
    breakIt(message);
    const found = faultsOf(resources.map((resource) => (resource === victim ? { ...victim, message } : resource)));
    for (const fault of faults) assert.ok(found.some((text) => fault.test(text)), `${fault.source} in: ${found.join('\n')}`);
    assert.is(found.length, faults.length, found.join('\n'));
  });
}

function without(proxies: typeof clients, proxy: string, out: (resource: Resource) => boolean): readonly Resource[] {
  const resources = proxies.get(proxy) ?? [];
  const left = resources.filter((resource) => !out(resource));
  assert.not.equal(left.length, resources.length);
  return left;
}

/** The faults of a proxy, which must be the same whether what clients need of it is its own or shared with others. */
function faultsOf(resources: readonly Resource[]): readonly string[] {
  const forClients = ({ type, name }: Resource): boolean =>
    type === 'endpoint' || name === 'outbound-listener' || name.startsWith('rds-outbound') || (type === 'cluster' && /^[a-z]+\/[a-z]+\|\d+$/.test(name));
  const texts = (own: readonly Resource[], shared: readonly Resource[]): readonly string[] =>
    closureCheck()(own, shared).map(({ resource, message }) => `${resource.type} ${resource.name}: ${message}`);
  const whole = texts(resources, []);
  const parted = texts(resources.filter((resource) => !forClients(resource)), resources.filter(forClients));
  assert.equal([...parted].sort(), [...whole].sort());
  return whole;
}

/** All resources of each proxy class, those of its shared sets with them. */
function resourcesOf(texts: readonly string[]): ReadonlyMap<string, readonly Resource[]> {
  const { artifact, diagnostics } = compile(texts.map((text, index) => ({ name: `${index}.yaml`, text })));
  if (!artifact) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const sets = new Map(artifact.sets.map((set) => [set.name, set.resources]));
  return new Map(
    artifact.classes.map((proxy) => [
      `${proxy.namespace}/${proxy.name}`,
      [...proxy.resources, ...proxy.sets.flatMap((name) => sets.get(name) ?? [])],
    ]),
  );
}

function source(path: string): string {
  return readFileSync(join(fixtures, path), 'utf8');
}

function chain(listener: Message, name: RegExp): Message {
  const found = listener.filter_chains.find((candidate: Message) => name.test(candidate.name));
  if (!found) throw new Error(`no filter chain ${name.source}`);
  return found;
}

function manager(filterChain: Message): Message {
  return filterChain.filters.at(-1).typed_config;
}

const tcpProxy = manager;

function tls(owner: Message): Message {
  return owner.transport_socket.typed_config;
}

function names(context: Message): Message {
  return context.common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names;
}

function rbac(route: Message): Message {
  return route.virtual_hosts[0].typed_per_filter_config['envoy.filters.http.rbac'];
}

function policy(route: Message): Message {
  return Object.values(rbac(route).rbac.rules.policies)[0];
}
