import { gradients } from "../../lib/graph/gradient.js";
import { noise } from "../../lib/graph/nd-array.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { gelu } from "../../lib/graph/ops/gelu.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { sum } from "../../lib/graph/ops/sum.js";
import type { Roots } from "../../lib/graph/roots.js";
import { Graph } from "../../lib/graph/tensor.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import type { Engine, OptimizerOptions } from "../../lib/native/engine.js";
import { Random } from "../../lib/data/random.js";

export const [tableRows, width] = [61, 19];

const sizes = { table: tableRows * width, weight: width * width };

/** A table read by rows before a product; `dense` gives its gradient a second reader, so that it is kept whole. */
export function rowModel(dense: boolean): Roots {
  const graph = new Graph();
  const table = graph.parameter("table", [tableRows, width]);
  const weight = graph.parameter("weight", [width, width]);
  const h = gelu(matmul(gather(table, graph.input("ids", "i32", ["words"])), weight));
  const loss = sum(multiply(h, graph.input("wanted", "f32", ["words", width])));
  const [dTable, dWeight] = gradients(loss, [table, weight]);
  const outputs = dense ? { loss, dTable: dTable! } : { loss };
  return {
    outputs,
    gradients: new Map([
      ["table", dTable!],
      ["weight", dWeight!],
    ]),
  };
}

/** The rows of a table as a model reads them when it evaluates, and the table whole. */
export function reading(): Roots {
  const graph = new Graph();
  const table = graph.parameter("table", [tableRows, width]);
  return { outputs: { rows: gather(table, graph.input("ids", "i32", ["words"])), table } };
}

/** A few words: some rows come all the time, some rarely, some never. */
export function wordsOf(step: number): NativeTensors {
  const random = Random.of(5, "row model", step);
  const count = 1 + random.below(8);
  const ids = Array.from({ length: count }, () => Math.floor(random.next() ** 4 * (tableRows - 3)));
  return {
    ids: Int32Array.from(ids),
    wanted: Float32Array.from(noise([count, width], step + 1, 2).data),
  };
}

export const adamW: OptimizerOptions = {
  rule: "adamw",
  groups: [
    { weightDecay: 0.05, parameters: ["table"] },
    { weightDecay: 0, parameters: ["weight"] },
  ],
};

export const sgd: OptimizerOptions = { ...adamW, rule: "sgd", momentum: 0.9 };

/** All that an optimiser has changed: values and moments of both parameters. */
export async function slotsOf(
  engine: Engine,
  rule: OptimizerOptions["rule"],
): Promise<Map<string, Float32Array>> {
  const slots = [Slot.value, Slot.moment1, ...(rule === "adamw" ? [Slot.moment2] : [])];
  const found = new Map<string, Float32Array>();
  for (const [name, size] of Object.entries(sizes))
    for (const slot of slots) found.set(`${name} ${Slot[slot]}`, await engine.read(name, slot, 0, size));
  return found;
}
