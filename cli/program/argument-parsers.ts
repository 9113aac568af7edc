import { InvalidArgumentError } from 'commander';
import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';

/** For a path or name that an option takes: anything but nothing. */
export function nonEmpty(value: string): string {
  if (value.trim() === '') {
    throw new InvalidArgumentError('It is empty.');
  }
  return value;
}

/** For options that may be given several times. */
export function repeated(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, nonEmpty(value)];
}

/** For `-t`: types separated by commas, in the singular or plural; may be given several times. */
export function typeList(value: string, previous: readonly ResourceType[] = []): readonly ResourceType[] {
  const types = value.split(',').map((word) => {
    const type = resourceTypes.find((known) => known === word.trim() || `${known}s` === word.trim());
    if (!type) {
      throw new InvalidArgumentError(`The types are ${[...resourceTypes].sort().join(', ')}.`);
    }
    return type;
  });
  return [...new Set([...previous, ...types])];
}

/** For a DNS name, as `cluster.local`. */
export function dnsName(value: string): string {
  if (value.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value)) {
    throw new InvalidArgumentError('It is not a DNS name in lower case, as cluster.local.');
  }
  return value;
}

/** For a namespace's name. */
export function dnsLabel(value: string): string {
  if (value.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError('It is not a DNS label (a-z, 0-9 and -, at most 63).');
  }
  return value;
}

/** For what stands as a label's value. */
export function labelValue(value: string): string {
  if (value.length > 63 || !/^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError("It is not a label's value (letters, digits, -, _ and ., at most 63).");
  }
  return value;
}

/** For `--proxy`: `NAMESPACE/CLASS`. */
export function proxyName(value: string): string {
  if (!/^[^/]+\/[^/]+$/.test(value)) {
    throw new InvalidArgumentError('Write NAMESPACE/CLASS, as bookstore/bookstore-v1.');
  }
  return value;
}
