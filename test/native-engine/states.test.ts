import assert from "node:assert/strict";
import { add } from "../../lib/graph/ops/add.js";
import { scale } from "../../lib/graph/ops/scale.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";
import { assertEqualToReference, cpuEngine, resultsOf } from "../support/engines.js";

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

  it("stay as they were when a run is cancelled", async () => {
    const { next } = movingAverage(new Graph());
    const roots = { outputs: { next }, assigns: new Map([["average", next]]) };
    const engine = cpuEngine();
    const before = await resultsOf(cpuEngine(), roots, []);
    const program = engine.program(roots);
    await engine.define("average", [3]);
    await assert.rejects(program.run(runs[0]!, { signal: AbortSignal.abort(new Error("stop")) }), /stop/);
    assert.equal(before.size, 1);
    assert.deepEqual(await engine.read("average", 0, 0, 3), floats(0, 0, 0));
    await engine.dispose();
  });
});
