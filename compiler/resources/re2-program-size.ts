import { flattenedSize } from './re2-flatten.ts';
import { type Node, nodesOf, opcode, type Program } from './re2-nodes.ts';

const beginText = 4;
const endText = 8;

/**
 * The size of the program that RE2's C++ version, as Envoy uses it (Latin-1, unanchored), makes of a regex: what Envoy's
 * limit is about. re2js follows the Go version, whose programs are the same until RE2 turns them into bytes and flattens
 * them; so re2js's is taken, and what RE2 does besides is done here. `pattern` is the regex as written. Where RE2
 * simplifies more (`a*a*`, `^a|^b`), the result is a little too large; where alternatives are listed twice (`ab|ab`),
 * which re2js simplifies more, it can be too small by a few.
 */
export function programSize(program: Program, pattern: string): number {
  const { inst } = program;
  const { nodes, first } = nodesOf(program);
  const uses = usesOf(program);
  let start = first[program.start] ?? 0;
  let isAnchored = false;
  let surplus = 0;
  const prefixEnd = requiredPrefixEnd(program, uses, pattern);
  if (prefixEnd !== undefined) {
    // RE2 compares such a prefix by itself, and leaves it and the anchor out of the program.
    start = first[prefixEnd] ?? 0;
  } else {
    const anchor = beginAnchor(program, uses);
    isAnchored = anchor !== undefined;
    if (anchor !== undefined) {
      makeNop(nodes, first[anchor]);
      // It might be a prefix all the same, written in a way that isn't seen here: that would cost one more.
      const next = inst[inst[anchor]?.out ?? 0];
      surplus = anchor === program.start && next && isLiteral(next) ? 1 : 0;
    }
  }
  const end = endAnchor(program, uses);
  if (end !== undefined) makeNop(nodes, first[end]);
  prune(nodes);
  if (nodes[start]?.op === 'fail') return 1;
  start = optimise(nodes, start);
  if (isAnchored) return flattenedSize(nodes, start, start) + surplus;
  // `.*?` before the regex.
  const any = nodes.length;
  nodes.push({ op: 'byte', out: any + 1, out1: 0, any: true }, { op: 'alt', out: start, out1: any });
  return flattenedSize(nodes, any + 1, start);

  function makeNop(all: Node[], id = 0): void {
    all[id] = { op: 'nop', out: all[id]?.out ?? 0, out1: 0 };
  }

  /** The `^` that each match begins with, within a group too. */
  function beginAnchor({ start: from }: Program, count: readonly number[]): number | undefined {
    // RE2 looks into a few groups only. One is always among these; more would make the result smaller, perhaps too small.
    const pc = inst[from]?.op === opcode.capture && count[from] === 1 ? (inst[from]?.out ?? 0) : from;
    return inst[pc]?.op === opcode.emptyWidth && inst[pc]?.arg === beginText && count[pc] === 1 ? pc : undefined;
  }

  /** The `$` that each match ends with, within a group too. */
  function endAnchor({ start: from }: Program, count: readonly number[]): number | undefined {
    let pc = inst.findIndex(({ op }) => op === opcode.match);
    for (let groups = 0; groups < 2 && count[pc] === 1 && pc !== from; groups++) {
      pc = inst.findIndex((before, index) => (count[index] ?? 0) > 0 && leadsTo(before, pc));
      const before = inst[pc];
      if (before?.op === opcode.emptyWidth && before.arg === endText) return pc;
      if (before?.op !== opcode.capture) return undefined;
    }
    return undefined;
  }
}

function leadsTo({ op, out, arg }: Program['inst'][number], pc: number): boolean {
  return op !== opcode.match && (out === pc || (op === opcode.alt && arg === pc));
}

/** How many instructions lead to each one that can be reached; the start counts as led to once more. */
function usesOf({ start, inst }: Program): readonly number[] {
  const uses = new Array<number>(inst.length).fill(0);
  const stack = [start];
  for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
    uses[pc] = (uses[pc] ?? 0) + 1;
    const instruction = inst[pc];
    if (uses[pc] !== 1 || !instruction || instruction.op === opcode.match) continue;
    stack.push(instruction.out);
    if (instruction.op === opcode.alt) stack.push(instruction.arg);
  }
  return uses;
}

/** Where the program goes on after `^` and literal text, if the regex begins with these (RE2: Regexp::RequiredPrefix). */
function requiredPrefixEnd({ start, inst }: Program, uses: readonly number[], pattern: string): number | undefined {
  const [matched = '', anchors = '', text = ''] = /^(?:\(\?i\))?((?:\^|\\A)+)((?:[^\\.+*?()|[\]{}^$]|\\[^A-Za-z0-9])*)/.exec(pattern) ?? [];
  const isRepeated = /^[*+?{]/.test(pattern.slice(matched.length));
  const length = text.replace(/\\[^]/g, '.').length - (isRepeated ? 1 : 0);
  if (length < 1 || hasTopLevelAlternative(pattern)) return undefined;
  const anchorCount = anchors.replaceAll('\\A', '^').length;
  let pc = start;
  for (let step = 0; step < anchorCount + length; step++) {
    const instruction = inst[pc];
    if (!instruction || uses[pc] !== 1) return undefined;
    if (step < anchorCount ? instruction.op !== opcode.emptyWidth : !isLiteral(instruction)) return undefined;
    pc = instruction.out;
  }
  return pc;
}

/** One character, with or without its other case. */
function isLiteral({ op, runes }: Program['inst'][number]): boolean {
  return op === opcode.rune1 || (op === opcode.rune && runes.length === 1);
}

function hasTopLevelAlternative(pattern: string): boolean {
  let depth = 0;
  for (const [token] of pattern.matchAll(/\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\\[^]|\[:[^\]]*:\]|[^\]])*\]|[()|]/g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}

/** Takes out the ways on which no byte can match (a class of letters that aren't in Latin-1). */
function prune(nodes: Node[]): void {
  const fails = (id: number): boolean => nodes[id]?.op === 'fail';
  for (let changed = nodes.some((node, id) => id > 0 && node.op === 'fail'); changed; ) {
    changed = false;
    for (const [id, node] of nodes.entries()) {
      if (node.op === 'fail' || node.op === 'match') continue;
      const isAlt = node.op === 'alt';
      if (fails(node.out) && (!isAlt || fails(node.out1))) nodes[id] = { op: 'fail', out: 0, out1: 0 };
      else if (isAlt && fails(node.out)) nodes[id] = { op: 'nop', out: node.out1, out1: 0 };
      else if (isAlt && fails(node.out1)) nodes[id] = { op: 'nop', out: node.out, out1: 0 };
      else continue;
      changed = true;
    }
  }
}

/** RE2's Prog::Optimize: passes over nops, and marks "any bytes, then a match". Gives the start behind its nops. */
function optimise(nodes: Node[], start: number): number {
  const skip = (from: number): number => {
    let id = from;
    while (id !== 0 && nodes[id]?.op === 'nop') id = nodes[id]?.out ?? 0;
    return id;
  };
  for (const node of nodes) {
    node.out = skip(node.out);
    node.out1 = skip(node.out1);
  }
  const isMatch = (id: number, steps = 0): boolean => {
    const node = nodes[id];
    return node?.op === 'match' || ((node?.op === 'nop' || node?.op === 'capture') && steps < nodes.length && isMatch(node.out, steps + 1));
  };
  for (const [id, node] of nodes.entries()) {
    if (node.op !== 'alt') continue;
    const loops = (other: number): boolean => nodes[other]?.any === true && nodes[other]?.out === id;
    if ((loops(node.out) && isMatch(node.out1)) || (isMatch(node.out) && loops(node.out1))) node.op = 'altMatch';
  }
  return skip(start);
}
