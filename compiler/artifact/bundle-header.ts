import { createHash } from 'node:crypto';
import { ArtifactError } from './artifact-error.ts';

/*
 * A bundle is one file:
 *
 *   8 bytes    "SMICBNDL"
 *   4 bytes    version of the format, little-endian
 *   4 bytes    length of the index, little-endian
 *   32 bytes   SHA-256 of the index
 *   the index  JSON, see bundle.ts
 *   the rest   the distinct messages in protobuf's binary encoding, in the index's order, without gaps
 *
 * The index holds a digest of every message, so that no byte of the file can change unnoticed.
 */
const magic = Buffer.from('SMICBNDL', 'latin1');
const headerLength = 48;

/** Grows with every change that an older reader would misread. */
const bundleVersion = 1;

/** The header and the index. */
export function encodeHead(index: Uint8Array): Uint8Array {
  const head = Buffer.alloc(headerLength + index.length);
  magic.copy(head);
  head.writeUInt32LE(bundleVersion, 8);
  head.writeUInt32LE(index.length, 12);
  createHash('sha256').update(index).digest().copy(head, 16);
  head.set(index, headerLength);
  return head;
}

/** Splits a bundle into its index, whose digest was checked, and the rest. Throws an ArtifactError where it isn't one. */
export function decodeHead(bytes: Uint8Array): { readonly index: string; readonly rest: Uint8Array } {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!bundle.subarray(0, magic.length).equals(magic)) {
    throw new ArtifactError(bundle.length < magic.length ? 'the bundle is cut off' : 'this is not a bundle of smic');
  }
  if (bundle.length < headerLength) {
    throw new ArtifactError('the bundle is cut off');
  }
  const version = bundle.readUInt32LE(8);
  if (version !== bundleVersion) {
    throw new ArtifactError(`the bundle has format version ${version}; this smic reads version ${bundleVersion}`);
  }
  const end = headerLength + bundle.readUInt32LE(12);
  if (end > bundle.length) {
    throw new ArtifactError('the bundle is cut off');
  }
  const index = bundle.subarray(headerLength, end);
  if (!createHash('sha256').update(index).digest().equals(bundle.subarray(16, headerLength))) {
    throw new ArtifactError('the bundle is damaged: its index is not what was written');
  }
  return { index: index.toString('utf8'), rest: new Uint8Array(bundle.buffer, bundle.byteOffset + end, bundle.length - end) };
}
