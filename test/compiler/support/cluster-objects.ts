import { createCollector } from '../../../compiler/diagnostics/collector.ts';
import { artifactFiles, type CompilerResult, encodeBundle, type KubernetesObject, type SourceFile } from '../../../compiler/index.ts';
import { load } from '../../../compiler/load/load.ts';
import { rawObjects } from '../../../compiler/load/raw-objects.ts';

/** The objects of files as a cluster would hold them: values, each name once. Undefined where a text is broken. */
export function clusterObjects(files: readonly SourceFile[]): readonly KubernetesObject[] | undefined {
  const collector = createCollector();
  const raw = rawObjects(load(files, collector), collector);
  if (collector.diagnostics.some(({ level }) => level === 'error')) return undefined;
  const objects = raw.map(({ value }) => value as unknown as KubernetesObject).filter(isNamed);
  return [...new Map(objects.map((object) => [nameOf(object), object])).values()];
}

/** Whether a compiler takes it. */
export function isNamed(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubernetesObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string' && metadata.name !== '';
}

/** Group, kind, namespace and name. */
export function nameOf({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string {
  return [apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/'))), kind, namespace, name].join(' ');
}

/** All that comes of a compilation, to the last byte. */
export function everything({ artifact, ...rest }: CompilerResult): Readonly<Record<string, string>> {
  const files = artifact ? [...artifactFiles(artifact)].map(({ path, content }) => [path, content] as const) : [];
  const bundle = artifact ? Buffer.from(encodeBundle(artifact)).toString('base64') : 'none';
  return Object.fromEntries([...files, ['bundle', bundle], ['findings', JSON.stringify(rest, undefined, 1)]]);
}
