import { Composer, type Document as YamlDocument, Parser } from 'yaml';
import type { CST } from 'yaml';
import { maxDepth, type Problem } from './problem.ts';
import type { Reading } from './reading.ts';
import { readTree } from './read-tree.ts';
import type { Recorder } from './record.ts';
import { syntaxProblem, templateProblem } from './syntax-problem.ts';

/** Reads one document of any YAML, with the yaml library. Never throws, whatever the text. */
export function readYaml(text: string, recorder?: Recorder): Reading {
  const reading = readWithLibrary(text, recorder);
  // A template's braces are flow mappings to YAML, broken or with mappings for keys.
  if (reading.problems.some(({ code }) => code === 'SMIC1001' || code === 'SMIC1006')) {
    const template = templateProblem(text);
    if (template) return { value: undefined, problems: [template] };
  }
  return reading;
}

function readWithLibrary(text: string, recorder: Recorder | undefined): Reading {
  // The schema leaves plain scalars as texts, for `readPlain`. The library's search for duplicate keys takes quadratic
  // time, so `readTree` looks for them.
  const composer = new Composer({ schema: 'failsafe', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: YamlDocument.Parsed[] = [];
  for (const token of new Parser().parse(text)) {
    const deep = tooDeep(token);
    if (deep !== undefined) return failed({ code: 'SMIC1005', start: deep, end: deep + 1, message: `The document nests more than ${maxDepth} levels deep.` });
    documents.push(...composer.next(token));
  }
  // A document is forced, so that directives without one are an error.
  documents.push(...composer.end(true, text.length));

  // The first error only: those that follow in the same document are mostly its consequences.
  const [error] = documents.flatMap((document) => document.errors).sort((a, b) => a.pos[0] - b.pos[0]);
  if (error) {
    const problem = syntaxProblem(error, text);
    if (!error.message.startsWith('Missing closing')) return failed(problem);
    const start = openQuote(text);
    return failed({ ...problem, start, end: start + 1 });
  }
  const [document, second] = documents;
  if (second) {
    const start = Math.min(second.range[0], text.length);
    return failed({ code: 'SMIC1001', start, end: start, message: 'A second document begins here without a line "---" before it.' });
  }
  return document?.contents ? readTree(document.contents, recorder) : { value: undefined, problems: [] };
}

function failed(problem: Problem): Reading {
  return { value: undefined, problems: [problem] };
}

/** The offset at which a token nests deeper than `maxDepth`. */
function tooDeep(root: CST.Token): number | undefined {
  for (const { token, depth } of tokensIn(root)) {
    if (depth > maxDepth) return token.offset;
  }
  return undefined;
}

interface NestedToken {
  readonly token: CST.Token;
  readonly depth: number;
}

/** A token and all within it. It keeps its own stack: here the depth has no bound yet. */
function* tokensIn(root: CST.Token): Generator<NestedToken> {
  const stack: NestedToken[] = [{ token: root, depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    const { token, depth } = next;
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth });
    if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key) stack.push({ token: key, depth: depth + 1 });
        if (value) stack.push({ token: value, depth: depth + 1 });
      }
    }
  }
}

/** Where the quote begins that an error of the library says has no end: it tells only where the text ran out. */
function openQuote(text: string): number {
  let last = 0;
  for (const root of new Parser().parse(text)) {
    for (const { token } of tokensIn(root)) {
      if (token.type.endsWith('-quoted-scalar')) last = Math.max(last, token.offset);
    }
  }
  return last;
}
