import type { Node } from './re2-nodes.ts';

/**
 * How many instructions RE2's flattening (re2/prog.cc, Prog::Flatten) makes of a program. A program is lists of what can
 * come next: a list for each place that a byte, or another way in, leads to (its root), in which alternatives dissolve.
 * `unanchored` is where a search begins, `start` where a match does.
 */
export function flattenedSize(nodes: readonly Node[], unanchored: number, start: number): number {
  const roots = new Set([0, unanchored, start]);
  const predecessors = markSuccessors(nodes, unanchored, roots);
  // Lists that can be entered from elsewhere need roots of their own, or they would be written out again and again.
  for (const root of [...roots].sort((a, b) => b - a)) {
    if (root !== 0 && root !== unanchored && root !== start) markDominated(nodes, root, roots, predecessors);
  }
  let size = 0;
  for (const root of roots) {
    walk(nodes, root, roots, (node) => {
      if (node === undefined || (node.op !== 'alt' && node.op !== 'nop')) size += 1;
    });
  }
  return size;
}

/** Makes a root of all that a byte or an anchor leads to; gives the alternatives that lead to each node. */
function markSuccessors(nodes: readonly Node[], from: number, roots: Set<number>): ReadonlyMap<number, readonly number[]> {
  const predecessors = new Map<number, number[]>();
  const reached = new Set<number>();
  const stack = [from];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const node = nodes[id];
    if (reached.has(id) || !node) continue;
    reached.add(id);
    if (node.op === 'alt' || node.op === 'altMatch') {
      for (const out of [node.out, node.out1]) predecessors.set(out, [...(predecessors.get(out) ?? []), id]);
      stack.push(node.out1, node.out);
    } else if (node.op === 'byte' || node.op === 'capture' || node.op === 'empty') {
      roots.add(node.out);
      stack.push(node.out);
    } else if (node.op === 'nop') {
      stack.push(node.out);
    }
  }
  return predecessors;
}

function markDominated(
  nodes: readonly Node[],
  root: number,
  roots: Set<number>,
  predecessors: ReadonlyMap<number, readonly number[]>,
): void {
  const reached = walk(nodes, root, roots, () => {});
  for (const id of reached) {
    if (predecessors.get(id)?.some((predecessor) => !reached.has(predecessor))) roots.add(id);
  }
}

/** Visits what is reached from a root without taking a byte. Another root on the way is visited as undefined, and not passed. */
function walk(nodes: readonly Node[], root: number, roots: ReadonlySet<number>, visit: (node: Node | undefined) => void): ReadonlySet<number> {
  const reached = new Set<number>();
  const stack = [root];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const node = nodes[id];
    if (reached.has(id) || !node) continue;
    reached.add(id);
    if (id !== root && roots.has(id)) {
      visit(undefined);
      continue;
    }
    visit(node);
    if (node.op === 'alt' || node.op === 'altMatch') stack.push(node.out1, node.out);
    else if (node.op === 'nop') stack.push(node.out);
  }
  return reached;
}
