import type { GoldenProxy, Message } from './golden-proxies.ts';

/** What must hold for every proxy. It gives what is wrong, in words; nothing: it holds. */
export interface Property {
  readonly about: string;
  readonly violations: (proxy: GoldenProxy) => readonly string[];
}

const types = 'type.googleapis.com/envoy.extensions.';
const rbacFilter = 'envoy.filters.http.rbac';

/** Written from what Envoy was seen to do, without a look at how the compiler goes about it. */
export const securityProperties: Readonly<Record<string, Property>> = {
  inboundChains: {
    about: 'an inbound chain is for one port, one server name, TLS and the protocol of the mesh',
    violations: (proxy) =>
      wrong(inboundChains(proxy), ({ filter_chain_match: match = {} }) => [
        [!(match.destination_port > 0), 'any port'],
        [match.server_names?.length !== 1 || /[A-Z*]/.test(match.server_names[0]), 'not one exact server name'],
        [match.transport_protocol !== 'tls', 'not TLS only'],
        [match.application_protocols?.join() !== 'osm', 'not the protocol of the mesh only'],
      ]),
  },
  serverTls: {
    about: 'a server demands a certificate of the trust domain, resumes nothing and negotiates no protocol',
    violations: (proxy) =>
      wrong(inboundChains(proxy), ({ transport_socket: socket }) => {
        const tls = socket?.typed_config ?? {};
        const sans = sansOf(tls);
        return [
          [tls['@type'] !== `${types}transport_sockets.tls.v3.DownstreamTlsContext`, 'no TLS'],
          [tls.require_client_certificate !== true, 'no client certificate'],
          [tls.disable_stateless_session_resumption !== true || tls.disable_stateful_session_resumption !== true, 'resumes sessions'],
          [tls.common_tls_context?.alpn_protocols !== undefined, 'negotiates a protocol'],
          ...validated(tls),
          [!sans.every(({ matcher }) => (matcher.exact ?? matcher.prefix).startsWith(`spiffe://${proxy.trustDomain}/ns/`)), 'not of the trust domain'],
        ];
      }),
  },
  clientTls: {
    about: 'a client verifies the very identities of the server, names it, keeps no session and no connection for long',
    violations: (proxy) =>
      wrong(
        proxy.clusters.filter(({ type, name, load_assignment: own }) => type === 'EDS' || (type === 'ORIGINAL_DST' && name !== 'passthrough-outbound') || (own === undefined && name !== 'passthrough-outbound')),
        ({ transport_socket: socket, typed_extension_protocol_options: options }) => {
          const tls = socket?.typed_config ?? {};
          const sans = sansOf(tls);
          const age = options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions']?.common_http_protocol_options?.max_connection_duration;
          return [
            [tls['@type'] !== `${types}transport_sockets.tls.v3.UpstreamTlsContext`, 'no TLS'],
            [!/^\d+\.[a-z0-9.-]+\.svc\./.test(tls.sni ?? ''), 'names no server'],
            [tls.max_session_keys !== 0, 'keeps sessions'],
            [tls.common_tls_context?.alpn_protocols?.join() !== 'osm', 'offers another protocol'],
            ...validated(tls),
            [!sans.every(({ matcher }) => new RegExp(`^spiffe://${proxy.trustDomain}/ns/[^/]+/sa/[^/]+$`).test(matcher.exact ?? '')), 'takes more than exact identities'],
            [!(Number.parseInt(age, 10) > 0 && Number.parseInt(age, 10) <= 3600), 'connections outlive a certificate'],
          ];
        },
      ),
  },
  requests: {
    about: 'a request is cleaned of what only sidecars may write, and its path made plain, before RBAC, the first filter, denies by default',
    violations: (proxy) =>
      wrong(inboundManagers(proxy), (manager) => {
        const [first] = manager.http_filters;
        const removes = JSON.stringify(manager.early_header_mutation_extensions ?? []);
        return [
          [manager.normalize_path !== true, 'paths as written'],
          [manager.merge_slashes !== true, 'double slashes'],
          [manager.path_with_escaped_slashes_action !== 'REJECT_REQUEST', 'escaped slashes'],
          [manager.forward_client_cert_details !== 'SANITIZE_SET', "a client's identity header"],
          [manager.set_current_client_cert_details?.uri !== true, 'no identity for the application'],
          [!removes.includes('x[-_]envoy[-_].*') || !removes.includes('x[-_]forwarded[-_]client[-_]cert'), "Envoy's own headers from a client"],
          [manager.internal_address_config !== undefined || manager.use_remote_address !== false, 'addresses as a client writes them'],
          [first.name !== rbacFilter || first.typed_config['@type'] !== `${types}filters.http.rbac.v3.RBAC`, 'RBAC is not first'],
          [JSON.stringify(first.typed_config.rules) !== '{"action":"ALLOW","policies":{}}', 'RBAC does not deny by default'],
          [manager.http_filters.at(-1).typed_config.suppress_envoy_headers !== true, "Envoy's headers to the application"],
          [manager.rds === undefined, 'rules that only a new listener could change'],
        ];
      }),
  },
  rules: {
    about: 'each inbound route configuration has rules that allow named policies to exact identities, by the path the filter reads them at',
    violations: (proxy) =>
      wrong(inboundRoutes(proxy), ({ virtual_hosts: hosts }) => {
        const perHost = hosts.map((host: Message) => host.typed_per_filter_config?.[rbacFilter]);
        return [
          [perHost.some((config: Message) => config?.rbac?.rules === undefined), 'no rules'],
          [hosts.some((host: Message) => host.routes.some((route: Message) => route.typed_per_filter_config)), 'a route overrides its rules'],
          ...perHost.flatMap((config: Message) => rulesWrong(config?.rbac?.rules ?? {}, proxy)),
        ];
      }),
  },
  tcp: {
    about: 'a TCP client is judged in the handshake by the same identities as by RBAC behind it, before the server is connected',
    violations: (proxy) =>
      wrong(inboundChains(proxy).filter((chain) => !isHttp(chain)), ({ transport_socket: socket, filters }) => {
        const [rbac, tcp, ...others] = filters.map(({ typed_config: config }: Message) => config);
        const handshake = sansOf(socket?.typed_config ?? {}).map(({ matcher }) => matcher.exact ?? matcher.prefix);
        const behind = Object.values(rbac?.rules?.policies ?? {}).flatMap((policy: Message) => policy.principals.map(nameOfPrincipal));
        return [
          [rbac?.['@type'] !== `${types}filters.network.rbac.v3.RBAC`, 'no RBAC'],
          [tcp?.upstream_connect_mode !== 'ON_DOWNSTREAM_TLS_HANDSHAKE' || tcp.max_early_data_bytes !== 0, "the server's first byte leaks"],
          [others.length > 0, 'more filters'],
          [[...new Set(behind)].sort().join() !== [...handshake].sort().join(), 'the handshake and RBAC differ'],
          ...rulesWrong(rbac?.rules ?? {}, proxy),
        ];
      }),
  },
  reset: {
    about: 'what no inbound chain is for is reset',
    violations: (proxy) => wrong(named(proxy, 'inbound-listener'), (listener) => [[listener.default_filter_chain !== undefined, 'a default chain']]),
  },
  outboundAddresses: {
    about: 'an outbound chain is for single addresses of one port, for HTTP that nothing else is for, or for the loopback',
    violations: (proxy) =>
      wrong(outboundChains(proxy), ({ name, filter_chain_match: match = {} }) => {
        const ranges: readonly Message[] = match.prefix_ranges ?? [];
        const single = ranges.every((range) => range.prefix_len === (range.address_prefix.includes(':') ? 128 : 32));
        const rest = /^outbound_(denied|loopback)/.test(name);
        return [
          [!rest && !(match.destination_port > 0), 'any port'],
          [!rest && ranges.length === 0, 'any address'],
          [!name.startsWith('outbound_loopback') && !single, 'a range of addresses'],
        ];
      }),
  },
  denied: {
    about: 'without egress, HTTP to what no policy opens gets a 403, on each dialled port and on all others, and everything else is reset',
    violations: (proxy) =>
      wrong(hasEgress(proxy) ? [] : named(proxy, 'outbound-listener'), (listener) => {
        const chains: readonly Message[] = listener.filter_chains;
        const denied = chains.filter((chain) => chain.name.startsWith('outbound_denied'));
        const dialled = new Set(chains.map((chain) => chain.filter_chain_match?.destination_port));
        const covered = new Set(denied.map((chain) => chain.filter_chain_match.destination_port));
        const [inspector] = listener.listener_filters.slice(1);
        const ports = new Set(disabledPorts(inspector?.filter_disabled));
        const tcp = chains.filter((chain) => !chain.name.startsWith('outbound_denied') && !isHttp(chain));
        return [
          [listener.default_filter_chain !== undefined, 'a default chain'],
          [[...dialled, undefined].some((port) => !covered.has(port)), 'a port without a refusal'],
          [denied.some(({ filter_chain_match: match }) => match.transport_protocol !== 'raw_buffer'), 'TLS is answered in plain text'],
          [denied.some(({ filter_chain_match: match }) => match.application_protocols.join() !== 'http/1.0,http/1.1,h2c'), 'more than HTTP is answered'],
          [denied.some((chain) => managerOf(chain).route_config.virtual_hosts[0].routes.some((route: Message) => route.direct_response?.status !== 403)), 'it is no refusal'],
          [listener.listener_filters[0]?.name !== 'envoy.filters.listener.original_dst', 'the destination is not known first'],
          [inspector?.name !== 'envoy.filters.listener.http_inspector', 'HTTP is not recognised'],
          [listener.listener_filters_timeout !== '2s' || listener.continue_on_listener_filters_timeout !== true, 'a silent client waits too long'],
          [tcp.some((chain) => !ports.has(chain.filter_chain_match.destination_port)), 'a server that speaks first has to wait'],
        ];
      }),
  },
  egress: {
    about: 'with egress the loopback leads nowhere, and what passes through is not inspected',
    violations: (proxy) =>
      wrong(hasEgress(proxy) ? named(proxy, 'outbound-listener') : [], (listener) => {
        const loopback = listener.filter_chains.find((chain: Message) => chain.name === 'outbound_loopback');
        const ranges = (loopback?.filter_chain_match?.prefix_ranges ?? []).map((range: Message) => `${range.address_prefix}/${range.prefix_len}`);
        const target = proxy.clusters.find(({ name }) => name === loopback?.filters[0].typed_config.cluster);
        return [
          [listener.default_filter_chain?.filters[0].typed_config.cluster !== 'passthrough-outbound', 'it does not pass through'],
          [ranges.join() !== '127.0.0.0/8,::1/128', 'the loopback is not guarded'],
          [target?.load_assignment?.endpoints !== undefined || target?.type !== 'STATIC', 'the loopback leads somewhere'],
          [listener.listener_filters.length !== 1, 'what passes through is inspected'],
        ];
      }),
  },
  ports: {
    about: "a sidecar listens on the ports of its three listeners, and of its admin port only statistics are to be had",
    violations: (proxy) => {
      const places = ['inbound-listener 15003', 'inbound-prometheus-listener 15010', 'outbound-listener 15001'];
      const admin = proxy.clusters.filter((cluster) => JSON.stringify(cluster.load_assignment ?? {}).includes('"port_value":15000')).map(({ name }) => name);
      return wrong(proxy.listeners, (listener) => {
        const all = [listener.address, ...(listener.additional_addresses ?? []).map(({ address }: Message) => address)];
        const routes = listener.name === 'inbound-prometheus-listener' ? managerOf(listener.filter_chains[0]).route_config.virtual_hosts[0].routes : [];
        return [
          [all.some(({ socket_address: { port_value: port } }) => !places.includes(`${listener.name} ${port}`)), 'another port'],
          [routes.some((route: Message) => route.match.path !== '/stats/prometheus'), 'more than statistics'],
          [listener.name !== 'inbound-prometheus-listener' && admin.some((name) => JSON.stringify(listener).includes(`"${name}"`)), 'a way to the admin port'],
        ];
      });
    },
  },
  logs: {
    about: 'access logs are JSON that names both identities, and on the inbound side the policy; no client chooses the logged path',
    violations: (proxy) => [
      ...wrong([...inboundChains(proxy), ...outboundChains(proxy)], (chain) => {
        const config = chain.filters.at(-1).typed_config;
        const fields = config.access_log?.[0]?.typed_config?.log_format?.json_format ?? {};
        const inbound = chain.name.startsWith('inbound_');
        return [
          [!fields.source_identity || !fields.destination_identity, 'no identities'],
          [inbound && !(fields.policy ?? '').endsWith('_effective_policy_id)%'), 'no policy'],
          [/ORIGINAL-PATH/i.test(JSON.stringify(fields)), 'a path that the client chooses'],
        ];
      }),
      ...wrong(proxy.listeners.filter(({ name }) => name !== 'inbound-prometheus-listener'), (listener) => [
        [listener.access_log?.[0]?.filter?.response_flag_filter?.flags?.join() !== 'NR', 'connections without a chain leave no trace'],
      ]),
    ],
  },
  streams: {
    about: 'WebSockets and streams live as long as the application wants, and keep their protocol',
    violations: (proxy) => [
      ...wrong([...inboundChains(proxy), ...outboundChains(proxy)].filter(isHttp).map(managerOf), (manager) => [
        [manager.stream_idle_timeout !== '0s', 'idle streams are cut'],
        [!manager.upgrade_configs?.some((upgrade: Message) => upgrade.upgrade_type === 'websocket'), 'no WebSockets'],
        [manager.codec_type !== 'AUTO', 'one version of HTTP only'],
      ]),
      ...wrong(proxy.routes, ({ virtual_hosts: hosts }) => [
        [hosts.some((host: Message) => host.routes.some(({ route }: Message) => route && route.timeout !== '0s')), 'long answers are cut'],
      ]),
    ],
  },
  secrets: {
    about: 'the secrets are holes: nothing of a key or a certificate stands in an artifact',
    violations: (proxy) => [
      ...(JSON.stringify(proxy.secrets) === '[{"name":"trust-bundle","validation_context":{}},{"name":"workload-certificate","tls_certificate":{}}]' ? [] : ['other secrets']),
      ...wrong([...proxy.listeners, ...proxy.clusters], (resource) => [[/private_key|trusted_ca|BEGIN |"filename"/.test(JSON.stringify(resource)), 'a secret in clear text']]),
    ],
  },
};

type Condition = readonly [boolean, string];

function wrong(items: readonly Message[], conditions: (item: Message) => readonly Condition[]): readonly string[] {
  return items.flatMap((item) =>
    conditions(item).flatMap(([holds, text]) => (holds ? [`${item.name ?? item.stat_prefix ?? ''}: ${text}`] : [])),
  );
}

function named(proxy: GoldenProxy, name: string): readonly Message[] {
  return proxy.listeners.filter((listener) => listener.name === name);
}

function inboundChains(proxy: GoldenProxy): readonly Message[] {
  return named(proxy, 'inbound-listener').flatMap((listener) => listener.filter_chains);
}

function outboundChains(proxy: GoldenProxy): readonly Message[] {
  return named(proxy, 'outbound-listener').flatMap((listener) => listener.filter_chains);
}

function isHttp(chain: Message): boolean {
  return managerOf(chain)['@type'] === `${types}filters.network.http_connection_manager.v3.HttpConnectionManager`;
}

function managerOf(chain: Message): Message {
  return chain.filters.at(-1).typed_config;
}

function inboundManagers(proxy: GoldenProxy): readonly Message[] {
  return inboundChains(proxy).filter(isHttp).map(managerOf);
}

function inboundRoutes(proxy: GoldenProxy): readonly Message[] {
  const used = new Set(inboundManagers(proxy).map((manager) => manager.rds?.route_config_name));
  return proxy.routes.filter(({ name }) => used.has(name));
}

function hasEgress(proxy: GoldenProxy): boolean {
  return proxy.clusters.some(({ name }) => name === 'passthrough-outbound');
}

function sansOf(tls: Message): readonly Message[] {
  return tls.common_tls_context?.combined_validation_context?.default_validation_context?.match_typed_subject_alt_names ?? [];
}

function validated(tls: Message): readonly Condition[] {
  const context = tls.common_tls_context ?? {};
  return [
    [context.tls_params?.tls_minimum_protocol_version === undefined || context.tls_params.tls_maximum_protocol_version === undefined, "Envoy's TLS versions"],
    [context.combined_validation_context?.validation_context_sds_secret_config?.name !== 'trust-bundle', 'no trust bundle'],
    [context.tls_certificate_sds_secret_configs?.[0]?.name !== 'workload-certificate', 'no certificate'],
    [sansOf(tls).length === 0, 'any name'],
    [sansOf(tls).some((san) => san.san_type !== 'URI'), 'names that are no URI'],
  ];
}

function rulesWrong(rules: Message, { permissive, trustDomain }: GoldenProxy): readonly Condition[] {
  return [
    [rules.action !== 'ALLOW', 'rules that do not allow'],
    ...Object.entries<Message>(rules.policies ?? {}).flatMap(([name, { principals, permissions }]): Condition[] => [
      [!(permissive ? /^permissive$/ : /^TrafficTarget(\/[^/]+){3,}$/).test(name), `a policy that names no rule, ${name}`],
      [principals.length === 0 || permissions.length === 0, `${name} is empty`],
      [
        !principals.map(nameOfPrincipal).every((identity: string) =>
          permissive ? identity === `spiffe://${trustDomain}/ns/` : new RegExp(`^spiffe://${trustDomain}/ns/[^/]+/sa/[^/]+$`).test(identity),
        ),
        `${name} is for others than exact identities`,
      ],
    ]),
  ];
}

function nameOfPrincipal(principal: Message): string {
  const matcher = principal.custom?.typed_config?.san_matcher?.matcher;
  return matcher?.exact ?? matcher?.prefix ?? '';
}

function disabledPorts(predicate: Message): readonly number[] {
  const rules: readonly Message[] = predicate?.or_match?.rules ?? (predicate ? [predicate] : []);
  return rules.filter(({ destination_port_range: range }) => range.end === range.start + 1).map(({ destination_port_range: range }) => range.start);
}
