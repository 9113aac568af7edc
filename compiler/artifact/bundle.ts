import type { Artifact, Resource } from './artifact.ts';
import { ArtifactError } from './artifact-error.ts';
import { decodeHead, encodeHead } from './bundle-header.ts';
import type { LoadedArtifact, LoadedResource, LoadedSource } from './loaded-artifact.ts';
import { manifestOf } from './manifest.ts';
import { checkReferences, parseJson, readCount, readDigest, readHead, readList, readObject, readPlace, readProxy, readText, readType } from './read-shape.ts';
import { sha256 } from './sha256.ts';
import { createSourceLines } from './source-lines.ts';

/**
 * Encodes an artifact for serving, in one file: each distinct message once, under its digest. Equal artifacts give equal bytes.
 */
export function encodeBundle(artifact: Artifact): Uint8Array {
  return Buffer.concat([...bundleChunks(artifact)]);
}

/** The same in pieces, of which none is larger than the index or one message. */
export function* bundleChunks(artifact: Artifact): Generator<Uint8Array> {
  const holders = [...artifact.classes, ...artifact.sets];
  const resources = [...new Set(holders.flatMap((holder) => holder.resources))];
  const sourcesOf = createSourceLines(resources);
  const messages = new Map(resources.map(({ digest, bytes }) => [digest, bytes]));
  const digests = [...messages.keys()].sort();
  const messageNumbers = new Map(digests.map((digest, index) => [digest, index]));

  // A resource that was built twice, from the same sources, stands in the index once.
  const entries = new Map<string, number>();
  const numbers = new Map<Resource, number>();
  for (const resource of resources) {
    const sources = sourcesOf(resource).map(({ pointer, object, file, line }) => (file === undefined ? [pointer, object] : [pointer, object, file, line]));
    const entry = JSON.stringify([resource.type, resource.name, messageNumbers.get(resource.digest), sources]);
    const number = entries.get(entry) ?? entries.size;
    entries.set(entry, number);
    numbers.set(resource, number);
  }
  const numbersOf = (held: readonly Resource[]): (number | undefined)[] => held.map((resource) => numbers.get(resource));

  const { mesh, inputs, holes } = manifestOf(artifact);
  const fields = {
    mesh,
    inputs,
    holes,
    messages: digests.map((digest) => [digest, messages.get(digest)?.length]),
    proxies: artifact.classes.map(({ namespace, serviceAccount, name, identity, services, pods, sets, resources: held }) => ({
      namespace,
      serviceAccount,
      name,
      identity,
      services,
      pods,
      sets,
      resources: numbersOf(held),
    })),
    sets: artifact.sets.map(({ name, resources: held }) => ({ name, resources: numbersOf(held) })),
  };
  const index = `${JSON.stringify(fields).slice(0, -1)},"resources":[${[...entries.keys()].join(',')}]}`;
  yield encodeHead(Buffer.from(index));
  for (const digest of digests) {
    yield messages.get(digest) ?? new Uint8Array();
  }
}

/** Reads a bundle. Throws an ArtifactError where it is cut off, damaged, or not a bundle at all. Messages are views of `bytes`. */
export function decodeBundle(bytes: Uint8Array): LoadedArtifact {
  const { index: text, rest } = decodeHead(bytes);
  const index = readObject(parseJson(text, "the bundle's index"), "the bundle's index");
  const messages = readMessages(index['messages'], rest);
  const resources = readList(index['resources'], 'index.resources', (entry, where) => readResource(entry, where, messages));
  const held = (value: unknown, where: string): readonly LoadedResource[] =>
    readList(value, where, (item, at) => {
      const resource = resources[readCount(item, at, resources.length - 1)];
      if (!resource) {
        throw new ArtifactError(`${at} is no resource`);
      }
      return resource;
    });
  const artifact: LoadedArtifact = {
    ...readHead(index, 'index'),
    classes: readList(index['proxies'], 'index.proxies', (item, where) => {
      const proxy = readObject(item, where);
      return { ...readProxy(proxy, where), resources: held(proxy['resources'], `${where}.resources`) };
    }),
    sets: readList(index['sets'], 'index.sets', (item, where) => {
      const set = readObject(item, where);
      return { name: readText(set['name'], `${where}.name`), resources: held(set['resources'], `${where}.resources`) };
    }),
  };
  return checkReferences(artifact, "the bundle's index");
}

type Message = Pick<LoadedResource, 'bytes' | 'digest'>;

function readMessages(value: unknown, rest: Uint8Array): readonly Message[] {
  let offset = 0;
  const messages = readList(value, 'index.messages', (item, where): Message => {
    const [digest, size] = readList(item, where, (part) => part);
    const length = readCount(size, `${where}[1]`);
    if (offset + length > rest.length) {
      throw new ArtifactError('the bundle is cut off');
    }
    const bytes = rest.subarray(offset, offset + length);
    offset += length;
    const expected = readDigest(digest, `${where}[0]`);
    if (sha256(bytes) !== expected) {
      throw new ArtifactError(`the bundle is damaged: the message ${expected} is not what was written`);
    }
    return { bytes, digest: expected };
  });
  if (offset !== rest.length) {
    throw new ArtifactError(`the bundle has ${rest.length - offset} bytes too many`);
  }
  return messages;
}

function readResource(value: unknown, where: string, messages: readonly Message[]): LoadedResource {
  const [type, name, number, sources] = readList(value, where, (part) => part);
  const message = messages[readCount(number, `${where}[2]`, messages.length - 1)];
  if (!message) {
    throw new ArtifactError(`${where}[2] is no message`);
  }
  return {
    type: readType(type, `${where}[0]`),
    name: readText(name, `${where}[1]`),
    ...message,
    sources: readList(sources, `${where}[3]`, readSource),
  };
}

function readSource(value: unknown, where: string): LoadedSource {
  const [pointer, object, file, line] = readList(value, where, (part) => part);
  return {
    pointer: readText(pointer, `${where}[0]`),
    object: readText(object, `${where}[1]`),
    ...readPlace(file, line, `${where}[2]`, `${where}[3]`),
  };
}
