import type { Path } from '../load/document.ts';
import { fault, type Reading } from './reading.ts';
import { pathText, quoted } from '../load/words.ts';

/** An IPv4 or IPv6 address in canonical text (RFC 5952), or undefined where the text is none. Zones aren't taken. */
export function canonicalIP(text: string): string | undefined {
  return text.includes(':') ? canonicalIPv6(text) : isIPv4(text) ? text : undefined;
}

/** Whether a text is a range of addresses (CIDR) or a single address, of either family. */
export function isAddressRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  if (canonicalIP(address) === undefined || rest.length > 0) return false;
  return length === undefined || (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= (address.includes(':') ? 128 : 32));
}

/** The canonical text of the distinct addresses; one that is none is reported. */
export function readIPs(reading: Reading, texts: readonly string[], path: Path): readonly string[] {
  const addresses = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const address = readIP(reading, text, [...path, index]);
    if (address !== undefined) addresses.add(address);
  }
  return [...addresses];
}

/** The canonical text of an address; one that is none is reported. */
export function readIP(reading: Reading, text: string, path: Path): string | undefined {
  const address = canonicalIP(text);
  if (address === undefined) {
    fault(reading, 'SMIC2011', path, `${pathText(path)} is ${quoted(text)}, which is not an IP address`);
  }
  return address;
}

// No leading zeros: some read them as octal.
const ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;

function isIPv4(text: string): boolean {
  return ipv4.test(text);
}

function canonicalIPv6(text: string): string | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return shortest([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** The 16-bit groups of a part of an address. The last part may end with an IPv4 address. */
function groupsOf(part: string, isLast: boolean): number[] | undefined {
  if (part === '') return [];
  const groups: number[] = [];
  const words = part.split(':');
  for (const [index, word] of words.entries()) {
    if (isLast && index === words.length - 1 && word.includes('.')) {
      if (!isIPv4(word)) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(word)) {
      groups.push(Number.parseInt(word, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** The longest run of two or more zero groups, the first of equals, becomes `::`. */
function shortest(groups: readonly number[]): string {
  let start = 0;
  let length = 1;
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) {
      start = from;
      length = to - from;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  return length < 2 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
