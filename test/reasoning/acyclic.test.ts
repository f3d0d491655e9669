import assert from "node:assert/strict";
import fc from "fast-check";
import {
  pairKey,
  reaches,
  withoutCycles,
  withoutIndirect,
  type WeightedPair,
} from "../../lib/llm/acyclic.js";

const names = ["a", "b", "c", "d", "e", "f"];
const graphs = fc.uniqueArray(
  fc.record({
    cause: fc.constantFrom(...names),
    effect: fc.constantFrom(...names),
    weight: fc.integer({ min: 0, max: 4 }), // few values, so that ties are common
  }),
  { selector: pairKey, maxLength: 30 },
);

function linksOf(edges: readonly WeightedPair[]): Map<string, string[]> {
  const links = new Map<string, string[]>();
  for (const { cause, effect } of edges) links.set(cause, [...(links.get(cause) ?? []), effect]);
  return links;
}

const isCyclic = (edges: readonly WeightedPair[]) =>
  edges.some(({ cause, effect }) => reaches(linksOf(edges), effect, cause));

function pathsOf(edges: readonly WeightedPair[]): string[] {
  const links = linksOf(edges);
  return names.flatMap((from) => names.filter((to) => reaches(links, from, to)).map((to) => `${from} ${to}`));
}

const edge = (cause: string, effect: string, weight = 1): WeightedPair => ({ cause, effect, weight });

describe("causal graphs without cycles and indirect edges", () => {
  it("drop the weakest edge of a cycle, and of equals the later one", () => {
    const circle = [edge("a", "b", 3), edge("b", "c", 1), edge("c", "a", 2)];
    assert.deepEqual(withoutCycles(circle).dropped, [circle[1]]);
    const tie = [edge("a", "b"), edge("b", "a")];
    assert.deepEqual(withoutCycles(tie).dropped, [tie[1]]);
  });

  it("drop a variable that is its own cause", () => {
    assert.deepEqual(withoutCycles([edge("a", "a", 9)]).kept, []);
  });

  it("drop what a chain says", () => {
    const edges = [edge("a", "c"), edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("a", "d")];
    assert.deepEqual(withoutIndirect(edges).dropped, [edges[0], edges[4]]);
  });

  it("tell names apart that look alike when joined", () => {
    assert.notEqual(pairKey(edge("a,b", "c")), pairKey(edge("a", "b,c")));
  });

  it("have no cycle left, and every dropped edge closes one over edges at least as sure", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const { kept, dropped } = withoutCycles(edges);
        assert.equal(kept.length + dropped.length, edges.length);
        assert.ok(!isCyclic(kept));
        for (const { cause, effect, weight } of dropped) {
          const surer = kept.filter((other) => other.weight >= weight);
          assert.ok(reaches(linksOf(surer), effect, cause));
        }
      }),
    );
  });

  it("keep all connections, and none of the kept edges can be spared", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const acyclic = withoutCycles(edges).kept;
        const { kept } = withoutIndirect(acyclic);
        assert.deepEqual(pathsOf(kept), pathsOf(acyclic));
        for (const one of kept) {
          const rest = kept.filter((other) => other !== one);
          assert.ok(!reaches(linksOf(rest), one.cause, one.effect));
        }
      }),
    );
  });

  it("do not depend on the order of edges for the reduction", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const acyclic = withoutCycles(edges).kept;
        const keys = (list: readonly WeightedPair[]) => withoutIndirect(list).kept.map(pairKey).sort();
        assert.deepEqual(keys([...acyclic].reverse()), keys(acyclic));
      }),
    );
  });
});
