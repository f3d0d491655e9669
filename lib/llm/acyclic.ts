/** A pair of variables. */
export interface Pair {
  cause: string;
  effect: string;
}

export interface WeightedPair extends Pair {
  /** The more, the surer. */
  weight: number;
}

/** Identity of a pair: names may hold any character, so they are joined as JSON. */
export const pairKey = ({ cause, effect }: Pair): string => JSON.stringify([cause, effect]);

/**
 * Breaks all cycles, dropping the weakest edge of each. Edges are taken from the surest to the weakest, and one that
 * would close a cycle over surer ones is dropped: it is the weakest of that cycle. Of equals the one given later goes.
 */
export function withoutCycles<E extends WeightedPair>(edges: readonly E[]): { kept: E[]; dropped: E[] } {
  const order = edges.map((edge, index) => ({ edge, index }));
  order.sort((a, b) => b.edge.weight - a.edge.weight || a.index - b.index);
  const effects = new Map<string, string[]>();
  const kept = new Set<E>();
  for (const { edge } of order) {
    if (edge.cause === edge.effect || reaches(effects, edge.effect, edge.cause)) continue;
    link(effects, edge);
    kept.add(edge);
  }
  return split(edges, (edge) => kept.has(edge));
}

/**
 * Transitive reduction of an acyclic graph: an edge is indirect when a longer chain of the others leads from its cause
 * to its effect. The reduction of an acyclic graph is unique, so the order of the edges does not matter.
 */
export function withoutIndirect<E extends Pair>(edges: readonly E[]): { kept: E[]; dropped: E[] } {
  const effects = new Map<string, string[]>();
  for (const edge of edges) link(effects, edge);
  return split(edges, ({ cause, effect }) => {
    const others = effects.get(cause)!.filter((next) => next !== effect);
    return !others.some((next) => reaches(effects, next, effect));
  });
}

/** Whether a chain of edges, possibly empty, leads from one variable to another. */
export function reaches(effects: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let variable = open.pop(); variable !== undefined; variable = open.pop()) {
    if (variable === to) return true;
    for (const next of effects.get(variable) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}

function link(effects: Map<string, string[]>, { cause, effect }: Pair): void {
  const known = effects.get(cause);
  if (known) known.push(effect);
  else effects.set(cause, [effect]);
}

function split<E>(edges: readonly E[], keep: (edge: E) => boolean): { kept: E[]; dropped: E[] } {
  const kept: E[] = [];
  const dropped: E[] = [];
  for (const edge of edges) (keep(edge) ? kept : dropped).push(edge);
  return { kept, dropped };
}
