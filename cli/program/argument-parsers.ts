import { InvalidArgumentError } from 'commander';
import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import { parseDuration } from '../../compiler/resources/duration.ts';
import { type EnvoyAdmin, parseEnvoyAdmin } from '../proxy/envoy-admin.ts';

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

/** For the cluster's DNS domain: before it stand a port, a Service, a namespace and `svc`, and TLS takes 255 characters of it all. */
export function clusterDomain(value: string): string {
  if (value.length > 117) {
    throw new InvalidArgumentError('It has more than 117 characters: host names under it would be too long for TLS.');
  }
  return dnsName(value);
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

/** For a duration: gives whole seconds. */
export function seconds(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined || milliseconds % 1000 !== 0) {
    throw new InvalidArgumentError('It is not a duration of whole seconds, as 24h, 90m or 30s.');
  }
  return milliseconds / 1000;
}

/** For a number of days, up to a hundred years. */
export function wholeDays(value: string): number {
  const days = Number(value);
  if (!/^[0-9]+$/.test(value) || days < 1 || days > 36_500) {
    throw new InvalidArgumentError('It is not a number of days from 1 to 36500.');
  }
  return days;
}

/** For an identity. */
export function spiffeId(value: string): string {
  if (!/^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/.test(value)) {
    throw new InvalidArgumentError('It is not a SPIFFE ID, as spiffe://cluster.local/ns/bookstore/sa/bookbuyer.');
  }
  return value;
}

/** For DNS names that may be given several times. */
export function repeatedDnsName(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, dnsName(value)];
}

/** For addresses of HTTP servers that may be given several times. */
export function repeatedUrl(value: string, previous: readonly string[]): readonly string[] {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new InvalidArgumentError('It is not an HTTP address, as http://127.0.0.1:9091.');
  }
  return [...previous, value];
}

/** For the address of an HTTP server. */
export function url(value: string): string {
  return repeatedUrl(value, [])[0] ?? value;
}

/** For where something listens: `HOST:PORT`, `[IPV6]:PORT`. */
export function address(value: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('It is not an address with a port, as 127.0.0.1:15128 or [::1]:15128.');
  }
  return { host, port: Number(port) };
}

/** For a pod: `NAMESPACE/POD`. */
export function podName(value: string): string {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError('Write NAMESPACE/POD, as bookstore/bookstore-v1-5d8f.');
  }
  return value;
}

/** For Envoy's admin interface. */
export function envoyAdmin(value: string): EnvoyAdmin {
  const admin = parseEnvoyAdmin(value);
  if (!admin) {
    throw new InvalidArgumentError('It is neither an address, as http://127.0.0.1:15000, nor the path of a socket, as /run/envoy/admin.');
  }
  return admin;
}

/** For a page of the admin interface; the slash may be left out. */
export function adminPath(value: string): string {
  if (!/^[!-~]+$/.test(value)) {
    throw new InvalidArgumentError('It is not a path, as /stats?filter=rbac.');
  }
  return value.startsWith('/') ? value : `/${value}`;
}
