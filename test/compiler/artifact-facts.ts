import { type Artifact, compile, type ProxyClass, type Resource, type ResourceType } from '../../compiler/index.ts';
import { compileCase, goldenCases } from '../goldens/golden-case.ts';

/** A part of one of Envoy's messages. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a text of YAML documents compiles to; throws where it holds an error. */
export function compiledText(documents: readonly string[]): Artifact {
  return present(compile([{ name: 'mesh.yaml', text: documents.join('---\n') }]));
}

/** What a golden case, `<area>/<case>`, compiles to; throws where it holds an error. */
export function compiledFixture(name: string): Artifact {
  const fixture = goldenCases('').find((candidate) => candidate.name === name);
  if (!fixture) throw new Error(`there is no fixtures/${name}`);
  return present(compileCase(fixture));
}

/** The class of this namespace and name; throws where there is none. */
export function proxyOf(artifact: Artifact, namespace: string, name: string): ProxyClass {
  const proxy = artifact.classes.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  if (!proxy) throw new Error(`there is no proxy ${namespace}/${name}`);
  return proxy;
}

/** A proxy's resources, those of its shared sets too. */
export function resourcesOf(artifact: Artifact, proxy: ProxyClass): readonly Resource[] {
  return [...proxy.resources, ...artifact.sets.filter(({ name }) => proxy.sets.includes(name)).flatMap(({ resources }) => resources)];
}

/** The message of a resource; throws where there is none. */
export function messageOf(resources: readonly Resource[], type: ResourceType, name: string): Fields {
  const found = resources.find((resource) => resource.type === type && resource.name === name);
  if (!found) throw new Error(`there is no ${type} ${name}`);
  return found.message as Fields;
}

/** The filter chains of a listener; none where the proxy hasn't got it. */
export function chainsOf(resources: readonly Resource[], listener: string): readonly Fields[] {
  return resources
    .filter(({ type, name }) => type === 'listener' && name === listener)
    .flatMap(({ message }) => (message as Fields)['filter_chains'] as readonly Fields[]);
}

function present({ artifact, diagnostics }: ReturnType<typeof compile>): Artifact {
  if (!artifact) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return artifact;
}
