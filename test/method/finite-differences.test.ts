import assert from "node:assert/strict";
import { interpret } from "../../lib/graph/interpret.js";
import { floats, ints, noise, type NdArray } from "../../lib/graph/nd-array.js";
import { fill as constant } from "../../lib/graph/ops/fill.js";
import { gromovWassersteinValue } from "../../lib/graph/ops/gromov-wasserstein-value.js";
import type { Roots } from "../../lib/graph/roots.js";
import { liveNodes } from "../../lib/graph/roots.js";
import type { Tensor } from "../../lib/graph/tensor.js";
import { labelCount, sourceDistances, targetDistances } from "../../lib/model/losses/alignment.js";
import type { LossContext } from "../../lib/model/losses/loss.js";
import { parameterGradients } from "../../lib/model/tagger.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { inputsOf as graphInputs, symbolsOf } from "../../lib/native/symbols.js";
import { cases, fill, inputsOf, partOf, type Case, type Part } from "../support/method-parts.js";

const step = 1e-5;

/** A part on an engine whose parameters can be moved, all in float64. */
class Moved {
  constructor(
    readonly part: Part,
    readonly engine: ReferenceEngine,
    readonly inputs: NativeTensors,
  ) {}

  static async of(part: Part): Promise<Moved> {
    const engine = new ReferenceEngine();
    await fill(engine, part.scope);
    return new Moved(part, engine, await inputsOf(part));
  }

  values(roots: Roots): Map<Tensor, NdArray> {
    const leaf = (tensor: Tensor): NdArray => {
      const { kind, name } = tensor.node.leaf!;
      if (kind !== "input") return this.engine.tensor(name, Slot.value);
      const data = this.inputs[name]!;
      return tensor.type === "f32" ? floats([data.length], data) : ints([data.length], data);
    };
    return interpret(
      roots,
      (tensor) => shaped(leaf(tensor), tensor, this.extents(roots)),
      this.extents(roots),
    );
  }

  extents(roots: Roots) {
    return symbolsOf(graphInputs(roots), this.inputs);
  }

  move(directions: ReadonlyMap<string, NdArray>, by: number): void {
    for (const [name, direction] of directions) {
      const { data } = this.engine.tensor(name, Slot.value);
      direction.data.forEach((value, k) => (data[k]! += by * value));
    }
  }
}

function shaped(array: NdArray, { shape }: Tensor, extents: Readonly<Record<string, number>>): NdArray {
  return { ...array, shape: shape.map((dim) => (typeof dim === "number" ? dim : extents[dim]!)) };
}

/** Derivative of the loss along a direction in which every parameter moves: by its gradient, and by differences. */
async function derivatives(part: Part, plan?: Float64Array): Promise<{ exact: number; differences: number }> {
  const moved = await Moved.of(part);
  if (plan) moved.inputs.plan = Float32Array.from(plan);
  const found = parameterGradients(part.scope, part.loss);
  const directions = new Map(
    [...found].map(([name, { shape }], k) => [name, noise(shape as number[], k + 1)]),
  );
  const roots = { outputs: { loss: part.loss, ...Object.fromEntries(found) } };
  const all = moved.values(roots);
  let exact = 0;
  for (const [name, gradient] of found)
    all.get(gradient)!.data.forEach((value, k) => (exact += value * directions.get(name)!.data[k]!));
  const lossAt = (by: number) => {
    moved.move(directions, by);
    const value = moved.values({ outputs: { loss: part.loss } }).get(part.loss)!.data[0]!;
    moved.move(directions, -by);
    return value;
  };
  return { exact, differences: (lossAt(step) - lossAt(-step)) / (2 * step) };
}

const chosen = [
  "CRF",
  "two layers of graph convolution",
  "auxiliary",
  "explicit at the input, live",
  "implicit, uniform",
  "implicit, unrelated",
];
const caseOf = (title: string): Case => cases.find((one) => one.title === title)!;

function assertEqual({ exact, differences }: { exact: number; differences: number }): void {
  assert.ok(Math.abs(exact) > 1e-6, `the gradient is ${exact}`);
  const error = Math.abs(exact - differences) / Math.abs(exact);
  assert.ok(error <= 1e-3, `${exact} by gradients, ${differences} by differences`);
}

describe("the method's parts: gradients of all parameters against finite differences in float64", function () {
  this.timeout(60_000);
  it("are of every parameter that the loss reads", () => {
    for (const one of cases) {
      const { scope, loss } = partOf(one);
      assert.deepEqual([...parameterGradients(scope, loss).keys()].sort(), readBy(loss), one.title);
    }
  });

  for (const title of chosen) it(title, async () => assertEqual(await derivatives(partOf(caseOf(title)))));

  it("alignment, through label graph and averages, with the plan held", async () => {
    const free = partOf(caseOf("alignment"));
    const moved = await Moved.of(free);
    const roots = { outputs: { loss: free.loss } };
    const planNode = liveNodes(roots).find(({ op }) => op?.name === "gromovWassersteinPlan")!;
    const plan = moved.values(roots).get(planNode.outputs[0]!)!.data as Float64Array;
    const held = partOf(caseOf("alignment"), (context) => valueOfPlan(context));
    assertEqual(await derivatives(held, plan));
  });
});

/** Names of the parameters that a loss depends on. */
const readBy = (loss: Tensor): string[] =>
  liveNodes({ outputs: { loss } })
    .flatMap(({ leaf }) => (leaf?.kind === "parameter" ? [leaf.name] : []))
    .sort();

function valueOfPlan(context: LossContext): Tensor {
  const { graph } = context.scope;
  const labels = labelCount(context);
  const source = context.scope.state(sourceDistances, [labels, labels]);
  const plan = graph.input("plan", "f32", [labels, labels]);
  const uniform = constant(graph, [1, labels], 1 / labels);
  return gromovWassersteinValue(source, targetDistances(context), plan, uniform, uniform);
}
