import type { SourceEntry } from '../artifact/artifact.ts';
import { spiffeId } from '../mesh/identity.ts';
import type { Identity, MeshPort, Target } from '../mesh/mesh.ts';
import { opens } from '../mesh/outbound.ts';
import { inScope } from '../mesh/port-scope.ts';
import type { Settings } from '../mesh/settings.ts';
import { sortedSet } from '../order.ts';
import type { HTTPMatch, Meta } from '../resources/objects.ts';
import { type Built, pointerStep, source } from './built.ts';
import type { Permission, Policy, Principal, RBAC } from './generated/api.ts';

/** RBAC rules that allow what their policies say and nothing else, each policy named after the rule that it comes from. */
export interface AccessRules {
  http(port: MeshPort, destination: Identity): Built<RBAC>;
  tcp(port: MeshPort, destination: Identity): Built<RBAC>;
  /** Who may connect to a TCP port, sorted; empty: nobody. */
  tcpSources(port: MeshPort, destination: Identity): readonly Identity[];
}

const anything: readonly Permission[] = [{ any: true }];

/** Allows nothing: the HTTP filter's own rules, under those of the virtual host. */
export const denyAll: RBAC = { action: 'ALLOW', policies: {} };

/**
 * In permissive mode every identity of the mesh may do everything, under a policy named `permissive`.
 * @param targetsOf the TrafficTargets of a destination, sorted by namespace and name
 */
export function accessRules(settings: Settings, targetsOf: (destination: Identity) => readonly Target[]): AccessRules {
  const principals = principalsOf(settings.trustDomain);
  const permissive: Built<RBAC> = {
    message: {
      action: 'ALLOW',
      policies: {
        permissive: {
          permissions: anything,
          principals: [mtlsPrincipal({ prefix: `spiffe://${settings.trustDomain}/ns/` })],
        },
      },
    },
    sources: [],
  };
  if (settings.permissive) {
    return { http: () => permissive, tcp: () => permissive, tcpSources: () => [] };
  }
  const permissions = permissionsOf();
  const opening = (port: MeshPort, destination: Identity): readonly Target[] =>
    targetsOf(destination).filter((target) => opens(target, port) && target.sources.length > 0);
  return {
    http(port, destination) {
      const rules = rulesBuilder();
      for (const target of opening(port, destination)) {
        for (const grant of target.http) {
          rules.add(grant.name, permissions(grant.match), principals(target.sources), [
            { meta: target.meta, path: grant.at },
            { meta: grant.group, path: grant.match.at },
          ]);
        }
      }
      return rules.built();
    },
    tcp(port, destination) {
      const rules = rulesBuilder();
      for (const target of opening(port, destination)) {
        for (const grant of target.tcp) {
          if (!inScope(grant.scope, port)) continue;
          rules.add(grant.name, anything, principals(target.sources), [
            { meta: target.meta, path: grant.at },
            { meta: grant.route, path: [] },
          ]);
        }
      }
      return rules.built();
    },
    tcpSources(port, destination) {
      return sortedSet(opening(port, destination).flatMap((target) => target.sources));
    },
  };
}

function rulesBuilder() {
  const policies: Record<string, Policy> = {};
  const sources: SourceEntry[] = [];
  return {
    add(
      name: string,
      permissions: readonly Permission[],
      principals: readonly Principal[],
      from: readonly { readonly meta: Meta; readonly path: readonly (string | number)[] }[],
    ): void {
      policies[name] = { permissions, principals };
      for (const { meta, path } of from) sources.push(source(`/policies${pointerStep(name)}`, meta, path));
    },
    built: (): Built<RBAC> => ({ message: { action: 'ALLOW', policies }, sources }),
  };
}

/** Principals for sources, each built once and the lists too: most rules of a TrafficTarget share them. */
function principalsOf(trustDomain: string): (sources: readonly Identity[]) => readonly Principal[] {
  const one = new Map<Identity, Principal>();
  const lists = new Map<readonly Identity[], readonly Principal[]>();
  const principal = (identity: Identity): Principal => {
    const known = one.get(identity) ?? mtlsPrincipal({ exact: spiffeId(identity, trustDomain) });
    one.set(identity, known);
    return known;
  };
  return (sources) => {
    const known = lists.get(sources) ?? sources.map(principal);
    lists.set(sources, known);
    return known;
  };
}

/** The peer's certificate, verified in the TLS handshake, has this URI SAN. */
function mtlsPrincipal(matcher: { readonly exact: string } | { readonly prefix: string }): Principal {
  return {
    custom: {
      name: 'envoy.rbac.principals.mtls_authenticated',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config',
        san_matcher: { san_type: 'URI', matcher },
      },
    },
  };
}

/** Permissions for an HTTP match, once for each match however many TrafficTargets name it. */
function permissionsOf(): (match: HTTPMatch) => readonly Permission[] {
  const built = new Map<HTTPMatch, readonly Permission[]>();
  return (match) => {
    const known = built.get(match) ?? httpPermissions(match);
    built.set(match, known);
    return known;
  };
}

/** Path (without the query), method and headers; all must hold. Every regex matches in full. */
function httpPermissions({ pathRegex, methods, headers }: HTTPMatch): readonly Permission[] {
  const conditions: Permission[] = [];
  if (pathRegex !== undefined) conditions.push({ url_path: { path: { safe_regex: { regex: pathRegex } } } });
  if (methods) conditions.push(anyOf(methods.map((method) => exactHeader(':method', method))));
  for (const header of headers) {
    conditions.push({ header: { name: header.name, string_match: { safe_regex: { regex: header.regex } } } });
  }
  const [first, ...others] = conditions;
  if (!first) return anything;
  return others.length === 0 ? [first] : [{ and_rules: { rules: conditions } }];
}

function exactHeader(name: string, value: string): Permission {
  return { header: { name, string_match: { exact: value } } };
}

function anyOf(permissions: readonly Permission[]): Permission {
  const [first, ...others] = permissions;
  return first && others.length === 0 ? first : { or_rules: { rules: permissions } };
}
