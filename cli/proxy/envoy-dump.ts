import { X509Certificate } from 'node:crypto';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { workloadCertificate } from '../../compiler/envoy/names.ts';
import { Failure } from '../failure.ts';
import { askEnvoyJson, type EnvoyAdmin } from './envoy-admin.ts';
import { at, listAt, textAt } from './json-at.ts';
import { secretNames } from './secret-names.ts';
import { withoutKeys } from './without-keys.ts';

/**
 * Whether a resource is in use (`active`), waits for others (`warming`), still has connections (`draining`), stands in the
 * bootstrap, or within another resource (`inline`).
 */
export type HeldState = 'active' | 'warming' | 'draining' | 'bootstrap' | 'inline';

/** A resource that Envoy holds, in the proto3 JSON mapping. */
export interface HeldResource {
  readonly type: ResourceType;
  readonly name: string;
  readonly state: HeldState;
  readonly message: unknown;
}

/** What Envoy holds. */
export interface EnvoyDump {
  /** `node.id`: `<namespace>/<pod>` */
  readonly node: string;
  /** From the workload's certificate; undefined: it has none. */
  readonly identity: string | undefined;
  readonly resources: readonly HeldResource[];
  /** What Envoy refused since, and why. */
  readonly refused: readonly { readonly type: ResourceType; readonly name: string; readonly words: string }[];
}

/** Where a type's resources stand in which part of the dump. */
const parts: readonly { readonly type: ResourceType; readonly list: string; readonly message: readonly string[]; readonly state: HeldState }[] = [
  { type: 'listener', list: 'static_listeners', message: ['listener'], state: 'bootstrap' },
  { type: 'listener', list: 'dynamic_listeners', message: ['active_state', 'listener'], state: 'active' },
  { type: 'listener', list: 'dynamic_listeners', message: ['warming_state', 'listener'], state: 'warming' },
  { type: 'listener', list: 'dynamic_listeners', message: ['draining_state', 'listener'], state: 'draining' },
  { type: 'cluster', list: 'static_clusters', message: ['cluster'], state: 'bootstrap' },
  { type: 'cluster', list: 'dynamic_active_clusters', message: ['cluster'], state: 'active' },
  { type: 'cluster', list: 'dynamic_warming_clusters', message: ['cluster'], state: 'warming' },
  { type: 'route', list: 'static_route_configs', message: ['route_config'], state: 'inline' },
  { type: 'route', list: 'dynamic_route_configs', message: ['route_config'], state: 'active' },
  { type: 'endpoint', list: 'static_endpoint_configs', message: ['endpoint_config'], state: 'bootstrap' },
  { type: 'endpoint', list: 'dynamic_endpoint_configs', message: ['endpoint_config'], state: 'active' },
  { type: 'secret', list: 'static_secrets', message: ['secret'], state: 'bootstrap' },
  { type: 'secret', list: 'dynamic_active_secrets', message: ['secret'], state: 'active' },
  { type: 'secret', list: 'dynamic_warming_secrets', message: ['secret'], state: 'warming' },
];

/** Asks Envoy for all that it holds, without private keys. Throws a Failure where it doesn't answer. */
export async function askForDump(admin: EnvoyAdmin): Promise<EnvoyDump> {
  const value = await askEnvoyJson(admin, '/config_dump?include_eds');
  if (!Array.isArray(at(value, 'configs'))) {
    throw new Failure(`${admin.text} answers, but not as Envoy's admin interface does`, 'Name the address of the admin interface with --admin.');
  }
  return readDump(withoutKeys(value));
}

/** Reads what `/config_dump?include_eds` answers. */
function readDump(value: unknown): EnvoyDump {
  const configs = listAt(value, 'configs');
  const bootstrap = configs.map((config) => at(config, 'bootstrap')).find((found) => found !== undefined);
  const ofBootstrap = new Set(secretNames(at(bootstrap, 'static_resources')));
  const resources = parts
    .flatMap(({ type, list, message, state }) =>
      configs
        .flatMap((config) => listAt(config, list))
        .map((item) => ({ type, name: nameOf(item, at(item, ...message)), state, message: at(item, ...message) }))
        .filter((resource) => resource.message !== undefined)
        .map((resource) => (type === 'secret' && ofBootstrap.has(resource.name) ? { ...resource, state: 'bootstrap' as const } : resource)),
    )
    .sort(byName);
  return { node: textAt(bootstrap, 'node', 'id'), identity: identityIn(resources), resources: distinct(resources), refused: configs.flatMap(refusedIn) };
}

/** The certificates of a secret, as PEM; empty: it has none, or they aren't in the dump. */
export function certificatesOf(secret: unknown): string {
  const source = at(secret, 'tls_certificate', 'certificate_chain') ?? at(secret, 'validation_context', 'trusted_ca');
  return textAt(source, 'inline_string') || Buffer.from(textAt(source, 'inline_bytes'), 'base64').toString('latin1');
}

/** The SPIFFE ID in a certificate (PEM). */
export function spiffeIdIn(pem: string): string | undefined {
  try {
    return /URI:(spiffe:\/\/[^,\s]+)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1];
  } catch {
    return undefined;
  }
}

function identityIn(resources: readonly HeldResource[]): string | undefined {
  return spiffeIdIn(certificatesOf(resources.find(({ type, name }) => type === 'secret' && name === workloadCertificate)?.message));
}

function nameOf(item: unknown, message: unknown): string {
  return textAt(message, 'name') || textAt(message, 'cluster_name') || textAt(item, 'name');
}

function refusedIn(config: unknown): EnvoyDump['refused'] {
  return parts.flatMap(({ type, list, message, state }) =>
    state !== 'active'
      ? []
      : listAt(config, list)
          .filter((item) => at(item, 'error_state') !== undefined)
          .map((item) => ({ type, name: nameOf(item, at(item, ...message)), words: textAt(item, 'error_state', 'details') })),
  );
}

/** The same route may stand in several listeners. */
function distinct(resources: readonly HeldResource[]): readonly HeldResource[] {
  const seen = new Set<string>();
  return resources.filter((resource) => {
    const key = resource.state === 'inline' ? JSON.stringify([resource.type, resource.message]) : undefined;
    const isNew = key === undefined || !seen.has(key);
    seen.add(key ?? '');
    return isNew;
  });
}

function byName(a: HeldResource, b: HeldResource): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
