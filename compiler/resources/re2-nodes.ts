/** An instruction of re2js's, which follows RE2's Go version. */
export interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
}

/** A program of re2js's. Instruction 0 fails. */
export interface Program {
  readonly start: number;
  readonly inst: readonly Instruction[];
}

/** Opcodes of re2js's. */
export const opcode = {
  alt: 1,
  capture: 3,
  emptyWidth: 4,
  match: 6,
  nop: 7,
  rune: 8,
  rune1: 9,
  anyRune: 10,
  anyRuneNotNewline: 11,
} as const;

/** An instruction of RE2's C++ version, over bytes. Node 0 fails. */
export interface Node {
  /** `capture` is a group's edge; `empty` an anchor or word boundary. */
  op: 'alt' | 'altMatch' | 'byte' | 'capture' | 'empty' | 'nop' | 'match' | 'fail';
  /** Numbers of the nodes that follow; `out1` of `alt` only. */
  out: number;
  out1: number;
  /** A byte node that takes any byte. */
  readonly any?: boolean;
}

/** The nodes of a program, and for each of its instructions the number of its first node. */
export function nodesOf({ inst }: Program): { readonly nodes: Node[]; readonly first: readonly number[] } {
  const nodes: Node[] = [];
  const first: number[] = [];
  // Where a node leads is an instruction's number until all of them have nodes.
  for (const { op, out, arg, runes } of inst) {
    first.push(nodes.length);
    if (op === opcode.alt) nodes.push({ op: 'alt', out, out1: arg });
    else if (op === opcode.capture) nodes.push({ op: 'capture', out, out1: 0 });
    else if (op === opcode.emptyWidth) nodes.push({ op: 'empty', out, out1: 0 });
    else if (op === opcode.match) nodes.push({ op: 'match', out: 0, out1: 0 });
    else if (op === opcode.nop) nodes.push({ op: 'nop', out, out1: 0 });
    else if (op >= opcode.rune && op <= opcode.anyRuneNotNewline) pushBytes(nodes, rangesOf(op, runes), out);
    else nodes.push({ op: 'fail', out: 0, out1: 0 });
  }
  for (const node of nodes) {
    // Those between the ranges of a class know their places already: they are below zero.
    node.out = node.out < 0 ? -node.out : (first[node.out] ?? 0);
    node.out1 = node.out1 < 0 ? -node.out1 : (first[node.out1] ?? 0);
  }
  return { nodes, first };
}

/** A choice between ranges: one byte node for each, and alternatives before them. */
function pushBytes(nodes: Node[], ranges: readonly (readonly [number, number])[], out: number): void {
  if (ranges.length === 0) nodes.push({ op: 'fail', out: 0, out1: 0 });
  for (const [index, [low, high]] of ranges.entries()) {
    if (index < ranges.length - 1) nodes.push({ op: 'alt', out: -(nodes.length + 1), out1: -(nodes.length + 2) });
    nodes.push({ op: 'byte', out, out1: 0, any: low === 0 && high === 0xff });
  }
}

/** The ranges of bytes that an instruction takes, without those that RE2's flag for folding case makes superfluous. */
function rangesOf(op: number, runes: ArrayLike<number>): readonly (readonly [number, number])[] {
  if (op === opcode.anyRune) return [[0, 0xff]];
  if (op === opcode.anyRuneNotNewline) return [[0, 9], [11, 0xff]];
  if (runes.length === 1) return [[runes[0] ?? 0, runes[0] ?? 0]];
  const ranges: [number, number][] = [];
  for (let index = 0; index < runes.length; index += 2) {
    const low = runes[index] ?? 0;
    if (low <= 0xff) ranges.push([low, Math.min(0xff, runes[index + 1] ?? low)]);
  }
  const has = (code: number): boolean => ranges.some(([low, high]) => low <= code && code <= high);
  for (let code = 0x41; code <= 0x5a; code++) {
    if (has(code) !== has(code + 0x20)) return ranges;
  }
  return ranges.filter(([low, high]) => low < 0x41 || high > 0x5a);
}
