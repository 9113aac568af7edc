/** What a setting's value may be. */
export interface Kind<T> {
  /** Undefined where the text is no such value. */
  parse(text: string): T | undefined;
  /** What is expected, after "expected". */
  readonly expects: string;
}

export const label: Kind<string> = matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a DNS label (a-z, 0-9 and -, at most 63)');
export const dnsName: Kind<string> = matching(/^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'a DNS name in lower case');
export const labelValue: Kind<string> = matching(/^[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, "a label's value (letters, digits, -, _ and ., at most 63)");
export const imageName: Kind<string> = matching(/^[a-z0-9][-a-z0-9._/]*(:[0-9]+\/[-a-z0-9._/]+)?(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/, 'an image, as smic:1.0.0 or mirror/smic@sha256:…');
export const quantity: Kind<string> = matching(/^[0-9]{1,9}(\.[0-9]{1,3})?(m|k|Ki|M|Mi|G|Gi)?$/, 'a quantity, as 250m or 512Mi');

export const yesOrNo: Kind<boolean> = { parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined), expects: 'true or false' };

export function choice<T extends string>(words: readonly T[]): Kind<T> {
  return { parse: (text) => words.find((word) => word === text), expects: `one of ${words.join(', ')}` };
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return { parse: (text) => (/^[0-9]{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined), expects: `a whole number from ${least} to ${most}` };
}

function matching(pattern: RegExp, expects: string): Kind<string> {
  return { parse: (text) => (pattern.test(text) ? text : undefined), expects };
}
