import { gradients } from "../../lib/graph/gradient.js";
import { interpret } from "../../lib/graph/interpret.js";
import { noise, zeros, type NdArray } from "../../lib/graph/nd-array.js";
import type { Op, Sample } from "../../lib/graph/op.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { sum } from "../../lib/graph/ops/sum.js";
import { add } from "../../lib/graph/ops/add.js";
import type { Tensor } from "../../lib/graph/tensor.js";
import { graphOf } from "./run-op.js";

const step = 1e-5;
const checkedPerInput = 60;

/** Inputs by which an op has no gradient although its output depends on them, and what they are. */
const held: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  binaryCrossEntropy: { 1: "targets" },
  softCrossEntropy: { 1: "targets" },
  detach: { 0: "what is made a constant" },
  movingAverage: { 0: "the past", 2: "counts", 3: "decay" },
  sinkhorn: { 0: "the plan is held (envelope theorem)", 1: "weights", 2: "weights" },
  gromovWassersteinPlan: { 0: "the plan is held", 1: "the plan is held", 2: "weights", 3: "weights" },
  gromovWassersteinValue: { 2: "the plan is held (envelope theorem)", 3: "weights", 4: "weights" },
};

/**
 * The loss is Σ weights ∘ outputs with fixed noise as weights; returns the worst difference between its gradient by the
 * graph and central differences, in units of the largest gradient. A gradient that is missing counts as zero, but for what
 * an op holds: there it must be missing. Ops whose later outputs carry no gradient (saved statistics) are weighted on the
 * first output only.
 */
export function checkGradient(op: Op, sample: Sample): number {
  const { inputs, outputs } = graphOf(op, sample);
  const weights = outputs.slice(0, 1).map((output, k) => noise(output.shape as number[], 90 + k));
  const graph = outputs[0]!.graph;
  const weighted = outputs.slice(0, 1).map((output, k) => {
    return sum(multiply(output, graph.input(`weight${k}`, "f32", output.shape)));
  });
  const loss = weighted.reduce((a, b) => add(a, b));
  const targets = inputs.filter((input) => input.type === "f32");
  const symbolic = gradients(loss, targets);
  const leaf = (values: readonly NdArray[]) => (tensor: Tensor) => {
    const { name } = tensor.node.leaf!;
    return name.startsWith("weight") ? weights[Number(name.slice(6))]! : values[Number(name)]!;
  };
  const roots = { outputs: Object.fromEntries(symbolic.flatMap((g, k) => (g ? [[String(k), g]] : []))) };
  const analytic = interpret(roots, leaf(sample.inputs), {});
  const lossAt = (values: readonly NdArray[]) =>
    interpret({ outputs: { loss } }, leaf(values), {}).get(loss)!.data[0]!;
  return Math.max(
    0,
    ...targets.map((target, k) => {
      const [index, gradient] = [inputs.indexOf(target), symbolic[k]];
      if (held[op.name]?.[index]) return gradient ? Infinity : 0;
      const found = gradient ? analytic.get(gradient)! : zeros("f32", sample.inputs[index]!.shape);
      return worstDifference(sample.inputs, index, found, lossAt);
    }),
  );
}

function worstDifference(
  values: readonly NdArray[],
  index: number,
  gradient: NdArray,
  lossAt: (values: readonly NdArray[]) => number,
): number {
  const size = gradient.data.length;
  const scale = Math.max(1e-6, ...Array.from(gradient.data, Math.abs));
  const stride = Math.max(1, Math.floor(size / checkedPerInput));
  let worst = 0;
  for (let i = 0; i < size; i += stride) {
    const moved = (by: number): NdArray[] =>
      values.map((value, k) => {
        if (k !== index) return value;
        const data = Float64Array.from(value.data);
        data[i]! += by;
        return { ...value, data };
      });
    const slope = (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
    worst = Math.max(worst, Math.abs(slope - gradient.data[i]!) / scale);
  }
  return worst;
}
