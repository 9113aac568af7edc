import { sha256 } from '../../compiler/artifact/sha256.ts';
import { compareText } from '../../compiler/order.ts';

/** A name and a version. */
export type Versioned = Readonly<Record<'name' | 'version', string>>;

/** The version of a set of resources: a digest over their names and versions, whatever their order. */
export function setVersion(resources: readonly Versioned[]): string {
  const lines = resources.map(({ name, version }) => `${name}\0${version}\n`).sort(compareText);
  return sha256(Buffer.from(lines.join('')));
}
