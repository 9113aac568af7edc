import { RE2JS } from 're2js';
import type { Identity, Mesh, MeshPort } from '../../compiler/mesh/mesh.ts';
import { opens } from '../../compiler/mesh/outbound.ts';
import { inScope } from '../../compiler/mesh/port-scope.ts';
import type { HTTPMatch } from '../../compiler/resources/objects.ts';

/** What is known of a request. What isn't stays open. */
export interface Request {
  readonly method?: string;
  /** Without the query. */
  readonly path?: string;
  /** Names in lower case; undefined: not known. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the access rules of a destination say of a client. */
export type PolicyVerdict =
  | { readonly allowed: 'yes'; readonly rule: string }
  /** Rules that may let it pass, each with what it wants of what isn't known. */
  | { readonly allowed: 'depends'; readonly rules: readonly { readonly rule: string; readonly wants: string }[] }
  | { readonly allowed: 'no'; readonly reason: string };

/** Whether a client may send a request to a destination's pods at a Service port: by the rules that are compiled into the destination's sidecar. */
export function policyVerdict(mesh: Mesh, client: Identity, port: MeshPort, destination: Identity, request: Request): PolicyVerdict {
  if (mesh.settings.permissive) {
    return { allowed: 'yes', rule: 'permissive mode: everybody in the mesh may do everything' };
  }
  const ofDestination = mesh.targets.filter((target) => target.destination === destination);
  const ofClient = ofDestination.filter(({ sources }) => sources.includes(client));
  const opening = ofClient.filter((target) => opens(target, port));
  if (opening.length === 0) {
    const reason =
      ofDestination.length === 0
        ? `no TrafficTarget is for service account ${destination}`
        : ofClient.length === 0
          ? `no TrafficTarget for service account ${destination} names ${client} as a source`
          : `TrafficTargets let ${client} call ${destination}, but none opens port ${port.port} (${port.protocol})`;
    return { allowed: 'no', reason };
  }
  if (port.layer === 'tcp') {
    const [grant] = opening.flatMap(({ tcp }) => tcp.filter(({ scope }) => inScope(scope, port)));
    return grant === undefined ? { allowed: 'no', reason: 'no TCPRoute opens the port' } : { allowed: 'yes', rule: grant.name };
  }
  const judged = opening.flatMap(({ http }) => http.map(({ name, match }) => ({ rule: name, wants: judge(match, request) })));
  const sure = judged.find(({ wants }) => wants === '');
  if (sure) {
    return { allowed: 'yes', rule: sure.rule };
  }
  const rules = judged.flatMap(({ rule, wants }) => (wants === undefined ? [] : [{ rule, wants }]));
  return rules.length > 0 ? { allowed: 'depends', rules } : { allowed: 'no', reason: `none of ${judged.length} rules that let ${client} call ${destination} matches this request` };
}

/** Undefined: the match isn't for the request. Else what it wants of what isn't known of the request; empty: nothing. */
function judge({ methods, pathRegex, headers }: HTTPMatch, request: Request): string | undefined {
  const wants: string[] = [];
  const parts: readonly (readonly [boolean | undefined, string])[] = [
    [methods === undefined ? true : request.method === undefined ? undefined : methods.includes(request.method), `method ${methods?.join(' or ')}`],
    [pathRegex === undefined ? true : request.path === undefined ? undefined : isWhole(pathRegex, request.path), `path ${pathRegex}`],
    ...headers.map(({ name, regex }): readonly [boolean | undefined, string] => {
      const value = request.headers?.[name];
      return [request.headers === undefined ? undefined : value !== undefined && isWhole(regex, value), `header ${name}: ${regex}`];
    }),
  ];
  for (const [holds, words] of parts) {
    if (holds === false) {
      return undefined;
    }
    if (holds === undefined) {
      wants.push(words);
    }
  }
  return wants.join(', ');
}

/** RE2, of the whole text, as Envoy does it. The compiler has refused what isn't RE2. */
function isWhole(regex: string, text: string): boolean {
  return RE2JS.compile(regex).matches(text);
}
