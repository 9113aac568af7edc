import { isDeepStrictEqual } from 'node:util';
import { applyPatch, type Operation } from 'rfc6902';
import { type Document, isCollection, isMap, isSeq, parseDocument, stringify, visit } from 'yaml';
import { invariant } from '../../compiler/diagnostics/invariant.ts';
import { readDocument } from '../../compiler/load/read-document.ts';

/**
 * A document's text with a JSON Patch applied to it. JSON stays JSON. YAML keeps its comments, order, quotes and indentation,
 * but where a part that is changed is shared by aliases: then all of the document is written anew, without comments.
 */
export function editDocument(text: string, value: unknown, patch: readonly Operation[]): string {
  // Parts that aliases share are no longer shared: only one of them may change.
  const wanted: unknown = JSON.parse(JSON.stringify(value));
  const errors = applyPatch(wanted, structuredClone([...patch]));
  invariant(errors.every((error) => error === null), 'the patch applies to its own document');
  if (/^\s*\{/.test(text)) {
    const [, indent = '  '] = /\{\r?\n([ \t]+)"/.exec(text) ?? [];
    return `${JSON.stringify(wanted, null, text.includes('\n', text.indexOf('{')) ? indent : undefined)}\n`;
  }
  const edited = editYaml(text, patch);
  return edited !== undefined && means(edited, wanted) ? edited : rewritten(wanted);
}

function rewritten(wanted: unknown): string {
  // By YAML 1.1, in which more words must be quoted: kubectl reads a plain `on` as true.
  const text = stringify(wanted, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' });
  return means(text, wanted) ? text : `${JSON.stringify(wanted, null, 2)}\n`;
}

function means(text: string, wanted: unknown): boolean {
  const { value, problems } = readDocument(text);
  return problems.every(({ code }) => code === 'SMIC1008') && isDeepStrictEqual(value, wanted);
}

/** Undefined where the places that the patch names aren't the document's own, or an alias would lose what it stands for. */
function editYaml(text: string, patch: readonly Operation[]): string | undefined {
  const document = parseDocument(text);
  if (!patch.every((operation) => apply(document, operation))) return undefined;
  let broken = false;
  visit(document, {
    Alias: (_, alias) => {
      broken ||= alias.resolve(document) === undefined;
    },
  });
  if (broken) return undefined;
  const written = document.toString({ lineWidth: 0, flowCollectionPadding: /[{[] +\S/.test(text), ...indentation(text) });
  return written.endsWith('\n') ? written : `${written}\n`;
}

function apply(document: Document, operation: Operation): boolean {
  const path = operation.path.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const parent = document.getIn(path.slice(0, -1), true);
  const key = path.at(-1) ?? '';
  if (!isCollection(parent)) return false;
  if (operation.op === 'remove') return parent.delete(isSeq(parent) ? Number(key) : key);
  if (operation.op !== 'add' && operation.op !== 'replace') return false;
  const value = document.createNode(operation.value, { aliasDuplicateObjects: false });
  // What is added is long, and a script in it must keep its lines: braces around it would leave nothing to read.
  if (isCollection(value)) path.slice(0, -1).forEach((_, depth) => asBlock(document.getIn(path.slice(0, depth), true)));
  if (isCollection(value)) asBlock(parent);
  if (isMap(parent)) {
    parent.set(key, value);
  } else if (isSeq(parent) && operation.op === 'add') {
    parent.items.splice(key === '-' ? parent.items.length : Number(key), 0, value);
  } else {
    parent.set(Number(key), value);
  }
  return true;
}

function asBlock(node: unknown): void {
  if (isCollection(node)) node.flow = false;
}

/** As the text has it. */
function indentation(text: string): { readonly indent: number; readonly indentSeq: boolean } {
  const [, spaces = '  '] = /^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n( +)[^\s#-]/m.exec(text) ?? [];
  const [, parent = '', item = '  '] = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n( *)- /m.exec(text) ?? [];
  return { indent: spaces.length, indentSeq: item.length > parent.length };
}
