import { compareText } from '../order.ts';
import type { Path } from '../load/document.ts';
import { placed } from '../load/place.ts';
import type { HTTPRouteGroupV1Alpha1, HTTPRouteGroupV1Alpha2, HTTPRouteGroupV1Alpha4 } from './generated/types.ts';
import { checkFreeName } from './names.ts';
import type { HeaderMatch, HTTPMatch, HTTPRouteGroup } from './objects.ts';
import { fault, type Reading } from './reading.ts';
import { pathText, quoted } from '../load/words.ts';

type WrittenMatch = HTTPRouteGroupV1Alpha2['matches'][number];
type WrittenHeaders = NonNullable<WrittenMatch['headers']>;

/** v1alpha1 and v1alpha2: no `spec`. */
export function readUnwrappedGroup(written: HTTPRouteGroupV1Alpha1 | HTTPRouteGroupV1Alpha2, reading: Reading): HTTPRouteGroup {
  return readGroup(written.matches, ['matches'], reading);
}

/** v1alpha3 and v1alpha4. */
export function readHTTPRouteGroup(written: HTTPRouteGroupV1Alpha4, reading: Reading): HTTPRouteGroup {
  return readGroup(written.spec.matches, ['spec', 'matches'], reading);
}

function readGroup(written: readonly WrittenMatch[], at: Path, reading: Reading): HTTPRouteGroup {
  const first = new Map<string, number>();
  const matches = written.map((match, index): HTTPMatch => {
    const earlier = first.get(match.name);
    if (earlier === undefined) {
      first.set(match.name, index);
    } else {
      const path = [...at, index, 'name'];
      const where = placed(reading.meta.origin, [...at, earlier, 'name']);
      const related = [{ message: `${quoted(match.name)} is here first`, ...where }];
      fault(reading, 'SMIC3002', path, `Two matches of the group have the name ${quoted(match.name)}`, { related });
    }
    return readMatch(match, [...at, index], reading);
  });
  return { meta: reading.meta, matches };
}

function readMatch({ name, pathRegex, methods, headers }: WrittenMatch, at: Path, reading: Reading): HTTPMatch {
  checkFreeName(reading, name, [...at, 'name']);
  if (pathRegex !== undefined) checkRegex(pathRegex, [...at, 'pathRegex'], reading);
  const anyMethod = methods === undefined || methods.length === 0 || methods.includes('*');
  return {
    name,
    pathRegex: pathRegex === '.*' ? undefined : pathRegex,
    methods: anyMethod ? undefined : [...new Set(methods)].sort(compareText),
    headers: headers === undefined ? [] : readHeaders(headers, [...at, 'headers'], reading),
    at,
  };
}

/** A mapping (smi-spec), or a list of mappings (OSM's schema). All conditions hold together, those on one header too. */
function readHeaders(written: WrittenHeaders, at: Path, reading: Reading): readonly HeaderMatch[] {
  const parts = Array.isArray(written) ? written.map((part, index) => [part, [...at, index]] as const) : [[written, at] as const];
  const headers: HeaderMatch[] = [];
  for (const [part, path] of parts) {
    for (const [name, regex] of Object.entries(part as Readonly<Record<string, string>>)) {
      const place = [...path, name];
      if (!/^:?[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/.test(name)) {
        fault(reading, 'SMIC3003', place, `${pathText(place)}: ${quoted(name)} is not a header's name`, { part: 'key' });
      }
      checkRegex(regex, place, reading);
      const lower = name.toLowerCase();
      headers.push({ name: lower === 'host' ? ':authority' : lower, regex, at: place });
    }
  }
  return headers.sort((a, b) => compareText(a.name, b.name) || compareText(a.regex, b.regex));
}

function checkRegex(regex: string, path: Path, reading: Reading): void {
  const problem = reading.regexProblem(regex);
  if (problem !== undefined) {
    fault(reading, 'SMIC3001', path, `Envoy refuses the regular expression ${quoted(regex)} in ${pathText(path)}: ${problem}`);
  }
}
