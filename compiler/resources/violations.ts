import { suggest } from '../diagnostics/suggest.ts';
import type { Collector } from '../diagnostics/collector.ts';
import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/generated/catalog.ts';
import type { Path, RawObject } from '../load/document.ts';
import { placed } from '../load/place.ts';
import type { FieldTree, Violation } from './validator.ts';
import { oneOf, pathText, quoted } from '../load/words.ts';

/** An object with more violations than this is told of in part: nobody fixes them one by one. */
const limit = 25;

interface Wording {
  readonly code: Code;
  readonly message: string;
  readonly path: Path;
  readonly part?: 'key';
  readonly fix?: string;
}

/** Reports what the schema finds wrong with an object, in words. */
export function reportViolations(
  collector: Collector,
  raw: RawObject,
  object: ObjectReference,
  violations: readonly Violation[],
  fields: FieldTree,
): void {
  for (const [index, violation] of violations.slice(0, limit).entries()) {
    const { code, message, path, part, fix } = wordingOf(violation, raw.value, fields);
    const rest = index === limit - 1 ? violations.length - limit : 0;
    collector.report(code, {
      message: rest > 0 ? `${message} (and ${rest} more problems in this object)` : message,
      object,
      ...placed(raw.origin, path, part),
      ...(fix !== undefined && { fix }),
    });
  }
}

function wordingOf({ instancePath, keyword, params }: Violation, root: unknown, fields: FieldTree): Wording {
  const { path, value, known } = follow(instancePath, root, fields);
  const what = path.length === 0 ? 'The object' : pathText(path);
  const wrong = (message: string, fix?: string): Wording => ({
    code: 'SMIC2003',
    message: `${what} ${message}`,
    path,
    ...(fix !== undefined && { fix }),
  });
  switch (keyword) {
    case 'additionalProperties': {
      const field = String(params['additionalProperty']);
      const near = suggest(field, Object.keys(known));
      const list = Object.keys(known).map((name) => `"${name}"`);
      const fix = near !== undefined ? `Did you mean "${near}"?` : list.length > 0 ? `Known here: ${list.join(', ')}.` : 'Remove it: nothing stands here.';
      return { code: 'SMIC2001', message: `Unknown field ${quoted(pathText([...path, field])).slice(1, -1)}`, path: [...path, field], part: 'key', fix };
    }
    case 'required': {
      const place = path.length > 0 ? { part: 'key' as const } : {};
      return { code: 'SMIC2002', message: `${what} lacks the field "${String(params['missingProperty'])}"`, path, ...place };
    }
    case 'type':
      return wrong(`must be ${typeWords(params['type'])}, found ${kindOf(value)}`);
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly unknown[]).filter((word) => word !== null).map(String);
      const near = typeof value === 'string' ? suggest(value, allowed) : undefined;
      return wrong(`must be ${oneOf(allowed)}, found ${quoted(value)}`, near && `Did you mean "${near}"?`);
    }
    case 'const': {
      const allowed = String(params['allowedValue']);
      const near = typeof value === 'string' ? suggest(value, [allowed]) : undefined;
      return wrong(`must be ${allowed}, found ${quoted(value)}`, near && `Did you mean "${near}"?`);
    }
    case 'minimum':
      return wrong(`must be at least ${String(params['limit'])}, found ${quoted(value)}`);
    case 'maximum':
      return wrong(`must be at most ${String(params['limit'])}, found ${quoted(value)}`);
    case 'minItems':
      return wrong('must not be empty');
    default:
      return wrong(`is not written as it must be: ${quoted(value)}`);
  }
}

/** The steps of a JSON pointer, what they lead to, and the fields that are known there. */
function follow(pointer: string, root: unknown, fields: FieldTree): { path: Path; value: unknown; known: FieldTree } {
  const path: (string | number)[] = [];
  let value = root;
  let known = fields;
  for (const escaped of pointer.split('/').slice(1)) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      path.push(Number(step));
      value = value[Number(step)];
    } else {
      path.push(step);
      value = (value as Readonly<Record<string, unknown>>)[step];
      known = (Object.hasOwn(known, step) ? known[step] : undefined) ?? {};
    }
  }
  return { path, value, known };
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  string: 'a string',
};

function typeWords(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).filter((type) => type !== 'null');
  return oneOf(names.map((name) => typeNames[String(name)] ?? String(name)));
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `a string (${quoted(value)})`;
  return `a ${typeof value} (${String(value)})`;
}
