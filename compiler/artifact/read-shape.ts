import { type Hole, type ResourceType, resourceTypes } from './artifact.ts';
import { ArtifactError } from './artifact-error.ts';
import type { LoadedArtifact, LoadedClass } from './loaded-artifact.ts';

/*
 * Checks on JSON that somebody may have written by hand, or to do harm: each gives the value with its type, or throws an
 * ArtifactError that says where what is wrong. `where` is a path within the file.
 */

export type Members = Readonly<Record<string, unknown>>;

export function readObject(value: unknown, where: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArtifactError(`${where} is not an object`);
  }
  return value as Members;
}

export function readList<T>(value: unknown, where: string, read: (item: unknown, where: string) => T): readonly T[] {
  if (!Array.isArray(value)) {
    throw new ArtifactError(`${where} is not a list`);
  }
  return value.map((item: unknown, index) => read(item, `${where}[${index}]`));
}

export function readText(value: unknown, where: string): string {
  if (typeof value !== 'string') {
    throw new ArtifactError(`${where} is not a text`);
  }
  return value;
}

/** A whole number that isn't negative, and at most `maximum`. */
export function readCount(value: unknown, where: string, maximum: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > maximum) {
    throw new ArtifactError(`${where} is not a whole number from 0 to ${maximum}`);
  }
  return value;
}

/** Where a source stands: file and line, or neither. */
export function readPlace(file: unknown, line: unknown, fileAt: string, lineAt: string): { readonly file?: string; readonly line?: number } {
  if (file === undefined && line === undefined) return {};
  return { file: readText(file, fileAt), line: readCount(line, lineAt) };
}

export function readDigest(value: unknown, where: string): string {
  const text = readText(value, where);
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) {
    throw new ArtifactError(`${where} is not a digest`);
  }
  return text;
}

export function readType(value: unknown, where: string): ResourceType {
  return oneOf(value, where, resourceTypes);
}

/** What a manifest and a bundle's index have in common. */
export function readHead(value: Members, where: string): Pick<LoadedArtifact, 'mesh' | 'inputs' | 'holes'> {
  const mesh = readObject(value['mesh'], `${where}.mesh`);
  const inputs = Object.entries(readObject(value['inputs'], `${where}.inputs`)).map(([kind, input]) => {
    const at = `${where}.inputs.${kind}`;
    const { objects, digest } = readObject(input, at);
    return [kind, { objects: readCount(objects, `${at}.objects`), digest: readDigest(digest, `${at}.digest`) }] as const;
  });
  return {
    mesh: {
      name: readText(mesh['name'], `${where}.mesh.name`),
      trustDomain: readText(mesh['trustDomain'], `${where}.mesh.trustDomain`),
      certificateSeconds: readCount(mesh['certificateSeconds'], `${where}.mesh.certificateSeconds`),
      mode: oneOf(mesh['mode'], `${where}.mesh.mode`, ['permissive', 'policy'] as const),
    },
    inputs: Object.fromEntries(inputs),
    holes: readList(value['holes'], `${where}.holes`, (hole, at): Hole => oneOf(hole, at, ['workload-certificate', 'trust-bundle', 'endpoints'] as const)),
  };
}

/** A proxy class without its resources. */
export function readProxy(value: Members, where: string): Omit<LoadedClass, 'resources'> {
  const text = (name: string): string => readText(value[name], `${where}.${name}`);
  const texts = (name: string): readonly string[] => readList(value[name], `${where}.${name}`, readText);
  return {
    namespace: text('namespace'),
    serviceAccount: text('serviceAccount'),
    name: text('name'),
    identity: text('identity'),
    services: texts('services'),
    pods: texts('pods'),
    sets: texts('sets'),
  };
}

/** Parses JSON; `where` names the file. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ArtifactError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Checks that every proxy's sets are there, and that no proxy or set stands twice. */
export function checkReferences(artifact: LoadedArtifact, where: string): LoadedArtifact {
  const sets = new Set(artifact.sets.map(({ name }) => name));
  const proxies = new Set(artifact.classes.map(({ namespace, name }) => `${namespace}/${name}`));
  if (sets.size < artifact.sets.length || proxies.size < artifact.classes.length) {
    throw new ArtifactError(`${where} names a proxy class or a set twice`);
  }
  for (const proxy of artifact.classes) {
    const missing = proxy.sets.find((name) => !sets.has(name));
    if (missing !== undefined) {
      throw new ArtifactError(`${where}: ${proxy.namespace}/${proxy.name} has the set "${missing}", which isn't there`);
    }
  }
  return artifact;
}

function oneOf<T extends string>(value: unknown, where: string, values: readonly T[]): T {
  const found = values.find((one) => one === value);
  if (found === undefined) {
    throw new ArtifactError(`${where} is none of ${values.join(', ')}`);
  }
  return found;
}
