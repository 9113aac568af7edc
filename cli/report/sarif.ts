import { catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import type { Diagnostic, ObjectReference, Place, Related } from '../../compiler/diagnostics/diagnostic.ts';
import { version } from '../version.ts';
import { objectWords } from './object-words.ts';
import type { Reporter } from './report.ts';

/** SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), as code scanning tools read it. Every code of the catalog is a rule. */
export const sarif: Reporter = (report) => {
  const entries = Object.entries(catalog);
  const indexes = new Map(entries.map(([code], index) => [code, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'smic', version, semanticVersion: version, rules: entries.map(([code, entry]) => rule(code, entry)) } },
        // Columns come from JavaScript strings.
        columnKind: 'utf16CodeUnits',
        results: report.diagnostics.map((diagnostic) => result(diagnostic, indexes.get(diagnostic.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

interface Entry {
  readonly level: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

function rule(code: string, entry: Entry): object {
  return {
    id: code,
    shortDescription: { text: entry.title },
    fullDescription: { text: entry.why },
    help: { text: entry.fix },
    defaultConfiguration: { level: entry.level },
  };
}

function result(diagnostic: Diagnostic, ruleIndex: number | undefined): object {
  const { code, level, message, why, fix, place, object, related } = diagnostic;
  const location = {
    ...(place && { physicalLocation: physicalLocation(place) }),
    ...(object && { logicalLocations: [logicalLocation(object)] }),
  };
  return {
    ruleId: code,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level,
    message: { text: [message, why, fix].filter((part) => part !== '').join('\n') },
    ...((place || object) && { locations: [location] }),
    ...(related.length > 0 && { relatedLocations: related.map(relatedLocation) }),
  };
}

function relatedLocation({ message, place, object }: Related, index: number): object {
  return {
    id: index,
    message: { text: message },
    ...(place && { physicalLocation: physicalLocation(place) }),
    ...(object && { logicalLocations: [logicalLocation(object)] }),
  };
}

function physicalLocation(place: Place): object {
  return {
    artifactLocation: { uri: fileUri(place.file) },
    region: { startLine: place.line, startColumn: place.column, endLine: place.endLine, endColumn: place.endColumn },
  };
}

function logicalLocation(object: ObjectReference): object {
  return { name: object.name, fullyQualifiedName: objectWords(object), kind: 'resource' };
}

// Relative names stay relative, so that a code scanning tool finds them in the checkout.
function fileUri(name: string): string {
  const path = name.replace(/^(\.\/)+/, '').split('/').map((segment) => encodeURIComponent(segment)).join('/');
  return name.startsWith('/') ? `file://${path}` : path;
}
