import type { Artifact, ProxyClass, Resource } from '../../artifact/artifact.ts';
import { placed } from '../../load/place.ts';
import type { Memory } from '../../memory.ts';
import { closureCheck } from './closure.ts';

/** Says of which proxies the configuration doesn't hold together: each fault is an error. */
export function checkArtifact(artifact: Omit<Artifact, 'inputs'>, memory: Memory): ReadonlySet<ProxyClass> {
  const check = memory.keep('check', [], closureCheck);
  const sets = new Map(artifact.sets.map((set) => [set.name, set.resources]));
  const shared = memory.part('shared', (parts) => {
    const names = new Map(artifact.classes.map((proxy) => [proxy.sets.join(), proxy.sets]));
    return new Map([...names].map(([key, own]) => [key, parts.same(key, own.flatMap((name) => sets.get(name) ?? []))]));
  });
  const faulty = artifact.classes.filter((proxy) => {
    const common = shared.get(proxy.sets.join()) ?? [];
    const key = `${proxy.namespace}/${proxy.name}`;
    return memory.keep(key, [proxy.resources, common], (parts) => reportFaults(key, check(proxy.resources, common), parts));
  });
  return new Set(faulty);
}

function reportFaults(proxy: string, faults: readonly { readonly resource: Resource; readonly message: string }[], memory: Memory): boolean {
  const said = new Set<string>();
  for (const { resource, message } of faults) {
    const text = `${resource.type} "${resource.name}" of proxy ${proxy}: ${message}`;
    if (said.has(text)) continue;
    said.add(text);
    const [source] = resource.sources;
    memory.report('SMIC9001', { message: text, ...(source && placed(source.origin, source.path)) });
  }
  return faults.length > 0;
}
