import assert from "node:assert/strict";
import { add } from "../../lib/graph/ops/add.js";
import { scale } from "../../lib/graph/ops/scale.js";
import { sum } from "../../lib/graph/ops/sum.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";
import { assertEqualToReference, cpuEngine } from "../support/engines.js";

const size = 100_000; // so that a run takes long enough to be met in the middle

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

/** Three runs of a moving average 0.75 a + 0.25 x. */
const runs = [1, 2, 3].map((k) => ({ x: floats(k, -k, 4 * k), keep: floats(0.75), take: floats(0.25) }));

function movingAverage(graph: Graph): { old: Tensor; next: Tensor } {
  const old = graph.state("average", [3]);
  const factor = (name: string) => graph.input(name, "f32", [1]);
  const next = add(scale(old, factor("keep")), scale(graph.input("x", "f32", [3]), factor("take")));
  return { old, next };
}

describe("state tensors", () => {
  it("a moving average goes on from run to run", async () => {
    const { next } = movingAverage(new Graph());
    await assertEqualToReference({ outputs: { next }, assigns: new Map([["average", next]]) }, runs);
  });

  it("an output that is the state itself has the value from before the run", async () => {
    const { old, next } = movingAverage(new Graph());
    await assertEqualToReference({ outputs: { old }, assigns: new Map([["average", next]]) }, runs);
  });

  it("two states that take each other's values swap", async () => {
    const graph = new Graph();
    const [left, right] = [graph.state("left", [2]), graph.state("right!", [2])];
    const roots = {
      outputs: { left, right },
      assigns: new Map([
        ["left", right],
        ["right!", left],
      ]),
    };
    await assertEqualToReference(roots, [{}, {}, {}]);
  });

  it("change all together, and not at all when their run is cancelled", async () => {
    const engine = cpuEngine();
    const graph = new Graph();
    const names = ["first", "second", "third"];
    const one = graph.input("one", "f32", ["length"]);
    const long = graph.input("long", "f32", [size]);
    const assigns = names.map(
      (name) => [name, add(graph.state(name, [size]), scale(long, sum(one)))] as const,
    );
    for (const name of names) await engine.define(name, [size]);
    const program = engine.program({ outputs: {}, assigns: new Map(assigns) });
    let [counted, cancelled] = [0, 0];
    for (let k = 0; k < 60; k++) {
      const abort = new AbortController();
      const run = program.run(
        { one: floats(1), long: new Float32Array(size).fill(1) },
        { signal: abort.signal },
      );
      if (k === 1) abort.abort("stop");
      else if (k % 3 > 0) setTimeout(() => abort.abort("stop"), (k % 12) / 4);
      await run.then(
        () => counted++,
        (reason: unknown) => (assert.equal(reason, "stop"), cancelled++),
      );
      for (const name of names)
        for (const at of [0, size - 1]) assert.equal((await engine.read(name, 0, at, 1))[0], counted, name);
    }
    assert.ok(counted >= 20 && cancelled > 0, `${cancelled} runs were cancelled`);
    await engine.dispose();
  });
});
