import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type GoldenProxy, goldenProxies, type Message } from './golden-proxies.ts';
import { securityProperties } from './security-properties.ts';

/*
 * What must hold for every proxy of every golden case, and that each of these properties can be seen to fail.
 */

const proxies = goldenProxies();

for (const [name, { about, violations }] of Object.entries(securityProperties)) {
  test(`${name}: ${about}`, () => {
    assert.equal(proxies.flatMap((proxy) => violations(proxy).map((text) => `${proxy.name}: ${text}`)), []);
  });
}

type Break = (proxy: Message) => void;

/** For each property what breaks it, in a proxy of a case that has the part in question. */
const breaks: Readonly<Record<keyof typeof securityProperties, Readonly<Record<string, readonly [string, Break]>>>> = {
  inboundChains: {
    'plaintext too': ['tls/defaults shop/books', (proxy) => delete inbound(proxy).filter_chain_match.transport_protocol],
    'any server name': ['tls/defaults shop/books', (proxy) => delete inbound(proxy).filter_chain_match.server_names],
    'any port': ['tls/defaults shop/books', (proxy) => delete inbound(proxy).filter_chain_match.destination_port],
    'any protocol': ['tls/defaults shop/books', (proxy) => delete inbound(proxy).filter_chain_match.application_protocols],
  },
  serverTls: {
    plaintext: ['tls/defaults shop/books', (proxy) => delete inbound(proxy).transport_socket],
    'no client certificate': ['tls/defaults shop/books', (proxy) => delete tls(inbound(proxy)).require_client_certificate],
    'session tickets': ['tls/defaults shop/books', (proxy) => delete tls(inbound(proxy)).disable_stateless_session_resumption],
    'session ids': ['tls/defaults shop/books', (proxy) => delete tls(inbound(proxy)).disable_stateful_session_resumption],
    'a negotiated protocol': ['tls/defaults shop/books', (proxy) => (tls(inbound(proxy)).common_tls_context.alpn_protocols = ['osm'])],
    'no trust bundle': ['tls/defaults shop/books', (proxy) => delete tls(inbound(proxy)).common_tls_context.combined_validation_context.validation_context_sds_secret_config],
    'any name': ['tls/defaults shop/books', (proxy) => (sans(inbound(proxy)).length = 0)],
    'another trust domain': ['tls/trust-domain shop/books', (proxy) => (sans(inbound(proxy))[0].matcher = { prefix: 'spiffe://cluster.local/ns/' })],
  },
  clientTls: {
    plaintext: ['tls/defaults shop/front', (proxy) => delete upstream(proxy).transport_socket],
    'any server of the mesh': ['tls/defaults shop/front', (proxy) => (sans(upstream(proxy))[0].matcher = { prefix: 'spiffe://cluster.local/ns/' })],
    'sessions that are kept': ['tls/defaults shop/front', (proxy) => delete tls(upstream(proxy)).max_session_keys],
    'no server name': ['tls/defaults shop/front', (proxy) => delete tls(upstream(proxy)).sni],
    'TLS versions as Envoy has them': ['tls/defaults shop/front', (proxy) => delete tls(upstream(proxy)).common_tls_context.tls_params],
    'connections without end': ['tls/defaults shop/front', (proxy) => delete upstream(proxy).typed_extension_protocol_options],
  },
  requests: {
    'paths as written': ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).normalize_path],
    'double slashes': ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).merge_slashes],
    'escaped slashes': ['tls/defaults shop/books', (proxy) => (manager(inbound(proxy)).path_with_escaped_slashes_action = 'UNESCAPE_AND_FORWARD')],
    'a spoofed identity': ['tls/defaults shop/books', (proxy) => (manager(inbound(proxy)).forward_client_cert_details = 'APPEND_FORWARD')],
    "Envoy's headers": ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).early_header_mutation_extensions],
    'a spoofed address': ['tls/defaults shop/books', (proxy) => (manager(inbound(proxy)).internal_address_config = {})],
    'authorization after another filter': ['settings/external-authorization shop/books', (proxy) => manager(inbound(proxy)).http_filters.reverse()],
    'an empty RBAC filter': ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).http_filters[0].typed_config.rules],
    'routes in the listener': ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).rds],
  },
  rules: {
    'a filter that is off': ['tls/defaults shop/books', (proxy) => delete hostRules(proxy).rbac],
    'rules by another name': ['tls/defaults shop/books', (proxy) => (proxy.routes[0].virtual_hosts[0].typed_per_filter_config = { rbac: hostRules(proxy) })],
    'a policy for anybody': ['tls/defaults shop/books', (proxy) => (policy(proxy).principals = [{ any: true }])],
    'a policy for the whole mesh': ['tls/defaults shop/books', (proxy) => (policy(proxy).principals[0].custom.typed_config.san_matcher.matcher = { prefix: 'spiffe://cluster.local/ns/' })],
    'a policy for nobody': ['tls/defaults shop/books', (proxy) => (policy(proxy).principals = [])],
    'denials': ['tls/defaults shop/books', (proxy) => (hostRules(proxy).rbac.rules.action = 'DENY')],
    'a policy without a source': ['tls/defaults shop/books', (proxy) => (hostRules(proxy).rbac.rules.policies.extra = policy(proxy))],
    'a route that overrides': ['tls/defaults shop/books', (proxy) => (proxy.routes[0].virtual_hosts[0].routes[0].typed_per_filter_config = {})],
  },
  tcp: {
    'no RBAC': ['tls/tcp-clients shop/database', (proxy) => inbound(proxy).filters.shift()],
    'a server that speaks to anybody': ['tls/tcp-clients shop/database', (proxy) => delete manager(inbound(proxy)).upstream_connect_mode],
    'a handshake for one more': ['tls/tcp-clients shop/database', (proxy) => sans(inbound(proxy)).push({ san_type: 'URI', matcher: { exact: 'spiffe://cluster.local/ns/shop/sa/thief' } })],
    'RBAC for one less': ['tls/tcp-clients shop/database', (proxy) => Object.values<Message>(inbound(proxy).filters[0].typed_config.rules.policies)[0].principals.pop()],
  },
  reset: {
    'a default chain': ['tls/defaults shop/books', (proxy) => (listener(proxy, 'inbound-listener').default_filter_chain = {})],
  },
  outboundAddresses: {
    'any address': ['tls/defaults shop/front', (proxy) => delete outbound(proxy).filter_chain_match.prefix_ranges],
    'a range': ['tls/defaults shop/front', (proxy) => (outbound(proxy).filter_chain_match.prefix_ranges[0].prefix_len = 24)],
    'IPv6 measured as IPv4': ['tls/defaults shop/front', (proxy) => (outbound(proxy).filter_chain_match.prefix_ranges[0].address_prefix = 'fd00::1')],
    'any port': ['tls/defaults shop/front', (proxy) => delete outbound(proxy).filter_chain_match.destination_port],
  },
  denied: {
    'a default chain': ['tls/defaults shop/front', (proxy) => (listener(proxy, 'outbound-listener').default_filter_chain = {})],
    'no refusal on a port': ['tls/defaults shop/front', (proxy) => listener(proxy, 'outbound-listener').filter_chains.splice(1, 1)],
    'no refusal on other ports': ['tls/defaults shop/front', (proxy) => listener(proxy, 'outbound-listener').filter_chains.pop()],
    'plain text for TLS': ['tls/defaults shop/front', (proxy) => delete listener(proxy, 'outbound-listener').filter_chains.at(-1).filter_chain_match.transport_protocol],
    'no destination': ['tls/defaults shop/front', (proxy) => listener(proxy, 'outbound-listener').listener_filters.shift()],
    'a longer wait': ['tls/defaults shop/front', (proxy) => delete listener(proxy, 'outbound-listener').listener_filters_timeout],
    'an end after the wait': ['tls/defaults shop/front', (proxy) => delete listener(proxy, 'outbound-listener').continue_on_listener_filters_timeout],
    'a server that has to wait': ['tls/tcp-clients shop/front', (proxy) => delete listener(proxy, 'outbound-listener').listener_filters[1].filter_disabled],
  },
  egress: {
    'no passage': ['settings/egress shop/front', (proxy) => delete listener(proxy, 'outbound-listener').default_filter_chain],
    'no guard': ['settings/egress shop/front', (proxy) => listener(proxy, 'outbound-listener').filter_chains.pop()],
    'a guard for IPv4 only': ['settings/egress shop/front', (proxy) => listener(proxy, 'outbound-listener').filter_chains.at(-1).filter_chain_match.prefix_ranges.pop()],
    'a guard that leads somewhere': ['settings/egress shop/front', (proxy) => (manager(listener(proxy, 'outbound-listener').filter_chains.at(-1)).cluster = 'passthrough-outbound')],
  },
  ports: {
    'another port': ['tls/defaults shop/books', (proxy) => (listener(proxy, 'inbound-listener').address.socket_address.port_value = 15000)],
    'all of the admin port': ['settings/prometheus shop/front', (proxy) => (manager(listener(proxy, 'inbound-prometheus-listener').filter_chains[0]).route_config.virtual_hosts[0].routes[0].match = { prefix: '/' })],
    'the admin port from outside': ['settings/prometheus shop/front', (proxy) => (listener(proxy, 'outbound-listener').metadata = 'envoy-metrics-cluster')],
  },
  logs: {
    'no identity': ['tls/defaults shop/books', (proxy) => delete log(inbound(proxy)).source_identity],
    'no policy': ['tls/defaults shop/books', (proxy) => delete log(inbound(proxy)).policy],
    'no policy for TCP': ['tls/tcp-clients shop/database', (proxy) => delete log(inbound(proxy)).policy],
    'a spoofed path': ['tls/defaults shop/books', (proxy) => (log(inbound(proxy)).path = '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%')],
    'silence about refused connections': ['tls/defaults shop/books', (proxy) => delete listener(proxy, 'inbound-listener').access_log],
  },
  streams: {
    'an end to idle streams': ['tls/defaults shop/books', (proxy) => delete manager(inbound(proxy)).stream_idle_timeout],
    'no WebSockets': ['tls/defaults shop/front', (proxy) => delete manager(outbound(proxy)).upgrade_configs],
    'an end to long answers': ['tls/defaults shop/front', (proxy) => delete proxy.routes[0].virtual_hosts[0].routes[0].route.timeout],
  },
  secrets: {
    'a certificate': ['tls/defaults shop/books', (proxy) => (proxy.secrets[1].tls_certificate.certificate_chain = { inline_string: 'x' })],
    'a key in the listener': ['tls/defaults shop/books', (proxy) => (tls(inbound(proxy)).common_tls_context.tls_certificates = [{ private_key: {} }])],
  },
};

if (!process.env['FILTER']) {
  for (const [property, cases] of Object.entries(breaks)) {
    for (const [what, [name, breakIt]] of Object.entries(cases)) {
      test(`${property} can fail: ${what}`, () => {
        const proxy = proxies.find((candidate) => candidate.name === name);
        if (!proxy) throw new Error(`there is no ${name}`);
        const broken: GoldenProxy = JSON.parse(JSON.stringify(proxy));
        breakIt(broken);
        assert.not.equal(securityProperties[property]?.violations(broken), []);
      });
    }
  }
  test('each property can be seen to fail', () => {
    assert.equal(Object.keys(breaks).sort(), Object.keys(securityProperties).sort());
  });
  test('there are proxies to judge', () => {
    assert.ok(proxies.length > 50);
  });
}

test.run();

function listener(proxy: Message, name: string): Message {
  return proxy.listeners.find((candidate: Message) => candidate.name === name);
}

function inbound(proxy: Message): Message {
  return listener(proxy, 'inbound-listener').filter_chains[0];
}

function outbound(proxy: Message): Message {
  return listener(proxy, 'outbound-listener').filter_chains[0];
}

function upstream(proxy: Message): Message {
  return proxy.clusters.find(({ type }: Message) => type === 'EDS');
}

function manager(chain: Message): Message {
  return chain.filters.at(-1).typed_config;
}

function tls(owner: Message): Message {
  return owner.transport_socket.typed_config;
}

function sans(owner: Message): Message {
  return tls(owner).common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names;
}

function hostRules(proxy: Message): Message {
  return proxy.routes[0].virtual_hosts[0].typed_per_filter_config['envoy.filters.http.rbac'];
}

function policy(proxy: Message): Message {
  return Object.values(hostRules(proxy).rbac.rules.policies)[0];
}

function log(chain: Message): Message {
  return manager(chain).access_log[0].typed_config.log_format.json_format;
}
