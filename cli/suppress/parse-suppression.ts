import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import { Failure } from '../failure.ts';
import { matchesPattern } from './matches-pattern.ts';
import type { Suppression } from './suppression.ts';

/**
 * Reads a `--suppress` value: `CODE`, or `CODE=KIND/NAMESPACE/NAME` (`CODE=KIND/NAME` for kinds without a namespace), each part with `*`.
 * Throws a Failure where it can't have the effect that its author wants: no such code, or only errors.
 */
export function parseSuppression(text: string): Suppression {
  const equals = text.indexOf('=');
  const code = (equals < 0 ? text : text.slice(0, equals)).trim().toUpperCase();
  const entries = Object.entries(catalog).filter(([name]) => matchesPattern(code, name));
  if (entries.length === 0) {
    const near = suggest(code, Object.keys(catalog));
    throw new Failure(`--suppress ${text}: there is no diagnostic ${code || '""'}`, near ? `Did you mean ${near}?` : '`smic explain` lists all codes.');
  }
  if (entries.every(([, entry]) => entry.level === 'error')) {
    throw new Failure(`--suppress ${text}: ${code} is an error, and errors can't be silenced`, `\`smic explain ${code}\` says how to put it right.`);
  }
  return { code, object: equals < 0 ? undefined : parseObject(text, text.slice(equals + 1)) };
}

function parseObject(text: string, object: string): Suppression['object'] {
  const parts = object.split('/');
  const [kind = '', namespace = '', name = ''] = parts.length === 2 ? [parts[0], '', parts[1]] : parts;
  if (parts.length < 2 || parts.length > 3 || kind === '' || name === '' || (parts.length === 3 && namespace === '')) {
    throw new Failure(`--suppress ${text}: "${object}" doesn't name an object`, 'Write KIND/NAMESPACE/NAME, or KIND/NAME for kinds without a namespace; * stands for anything.');
  }
  return { kind, namespace, name };
}
