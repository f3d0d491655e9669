import fc from "fast-check";
import { gradients } from "../../lib/graph/gradient.js";
import { floats, ints, noise, type NdArray } from "../../lib/graph/nd-array.js";
import { add } from "../../lib/graph/ops/add.js";
import { addBias } from "../../lib/graph/ops/add-bias.js";
import { dropoutOp } from "../../lib/graph/ops/dropout.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { gelu } from "../../lib/graph/ops/gelu.js";
import { layerNorm } from "../../lib/graph/ops/layer-norm.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { scale } from "../../lib/graph/ops/scale.js";
import { softmax } from "../../lib/graph/ops/softmax.js";
import { sum } from "../../lib/graph/ops/sum.js";
import type { Roots } from "../../lib/graph/roots.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";

const width = 7; // odd: vectors end in the middle of a register

/** One step of building a graph: which op, and which of the values so far it reads. */
export interface BuildStep {
  op: number;
  a: number;
  b: number;
}

export const buildSteps = fc.array(fc.record({ op: fc.nat(), a: fc.nat(30), b: fc.nat(30) }), {
  minLength: 1,
  maxLength: 14,
});

/** A graph, what goes out of it, and values for its leaves when the symbol `rows` is `extent`. */
export interface RandomGraph {
  roots: Roots;
  leaf(tensor: Tensor, extent: number): NdArray;
}

/**
 * Values [rows, width] built from each other by the ops that fuse and that work in place, the loss over the last, with
 * `backward` the gradients of the parameters (without it values die sooner), and `kept` of the values as outputs.
 */
export function randomGraph(
  steps: readonly BuildStep[],
  kept: readonly number[],
  backward: boolean,
): RandomGraph {
  const graph = new Graph();
  const values = [graph.input("x", "f32", ["rows", width]), graph.input("y", "f32", ["rows", width])];
  for (const [index, step] of steps.entries()) values.push(build(graph, values, step, index));
  const weighted = multiply(values.at(-1)!, graph.input("weights", "f32", ["rows", width]));
  const loss = sum(weighted);
  const parameters = backward ? graph.nodes.filter(({ leaf }) => leaf?.kind === "parameter") : [];
  const found = gradients(loss, parameters.map(({ outputs }) => outputs[0]!)); // prettier-ignore
  const named = parameters.flatMap(({ leaf }, k) => (found[k] ? [[leaf!.name, found[k]] as const] : []));
  const outputs = kept.map((k) => [`value${k % values.length}`, values[k % values.length]!] as const);
  return { roots: { outputs: { loss, ...Object.fromEntries(outputs) }, gradients: new Map(named) }, leaf };
}

function build(graph: Graph, values: readonly Tensor[], { op, a, b }: BuildStep, index: number): Tensor {
  const [x, y] = [values[a % values.length]!, values[b % values.length]!];
  const vector = (name: string) => graph.parameter(`${name}${b % 3}`, [width]);
  const square = () => graph.parameter(`w${b % 3}`, [width, width]);
  const key = graph.input("key", "i32", [2]);
  const kinds = [
    () => add(x, y),
    () => multiply(x, y),
    () => gelu(x),
    () => matmul(x, square(), { transposeB: a % 2 === 0 }),
    () => addBias(x, vector("b")),
    () => gelu(addBias(matmul(x, square()), vector("b"))),
    () => layerNorm(x, vector("g"), vector("b"), 0.01),
    () => graph.apply(dropoutOp, [x, key], { rate: b % 2 === 0 ? 0 : 0.25, stream: index })[0]!,
    () =>
      layerNorm(
        add(graph.apply(dropoutOp, [x, key], { rate: 0.25, stream: index })[0]!, y),
        vector("g"),
        vector("b"),
        0.01,
      ),
    () => add(x, matmul(y, square())),
    () => softmax(x),
    () => scale(x, graph.input("s", "f32", [1])),
    () => gather(graph.parameter(`t${b % 2}`, [5, width]), graph.input("ids", "i32", ["rows"])),
  ];
  return kinds[op % kinds.length]!();
}

function leaf({ node: { leaf }, type, shape }: Tensor, extent: number): NdArray {
  const { name } = leaf!;
  const concrete = shape.map((dim) => (typeof dim === "number" ? dim : extent));
  if (name === "key") return ints([2], [7, 3]);
  if (name === "s") return floats([1], [0.75]);
  if (type === "i32")
    return ints(
      concrete,
      Array.from({ length: extent }, (_, k) => (k * k) % 5),
    );
  const seed = [...name].reduce((hash, letter) => hash * 31 + letter.charCodeAt(0), 7) % 1000;
  return noise(concrete, seed, 0.5);
}
