import type { Path } from '../load/document.ts';
import { fault, type Reading } from './reading.ts';
import { pathText, quoted } from '../load/words.ts';

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** `label`: DNS-1123, at most 63 characters. `subdomain`: labels with dots between them, at most 253 characters. */
export type NameRule = 'label' | 'subdomain';

const meanings: Readonly<Record<NameRule, string>> = {
  label: 'a DNS label (1 to 63 lower-case letters, digits and "-", a letter or digit first and last)',
  subdomain: 'a DNS name (lower-case letters, digits, "-" and ".", a letter or digit first and last, at most 253 characters)',
};

/** Whether Kubernetes takes the text as such a name. */
export function isName(text: string, rule: NameRule): boolean {
  return rule === 'label' ? label.test(text) : text.length <= 253 && subdomain.test(text);
}

/** Reports a name that Kubernetes would refuse: names become parts of paths, identities and host names. */
export function checkName(reading: Reading, text: string, rule: NameRule, path: Path): void {
  if (!isName(text, rule)) {
    fault(reading, 'SMIC2006', path, `${pathText(path)} is ${quoted(text)}, which is not ${meanings[rule]}`);
  }
}

/** Reports a free name (of a match) that is empty, too long or has control characters in it. */
export function checkFreeName(reading: Reading, text: string, path: Path): void {
  if (text === '' || text.length > 253 || /[\p{C}\p{Zl}\p{Zp}]/u.test(text)) {
    fault(reading, 'SMIC2006', path, `${pathText(path)} is ${quoted(text)}; a name has 1 to 253 printable characters`);
  }
}
