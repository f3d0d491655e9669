import assert from "node:assert/strict";
import { gradients } from "../../lib/graph/gradient.js";
import { interpret } from "../../lib/graph/interpret.js";
import { floats, type NdArray } from "../../lib/graph/nd-array.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";
import type { NativeTensors } from "../../lib/native/contract.js";
import type { Engine } from "../../lib/native/engine.js";

type Values = Record<string, ArrayLike<number>>;

export const matrix = (rows: number[][]): NdArray => floats([rows.length, rows[0]!.length], rows.flat());

/** What a graph gives in float64 by the references, and in fp32 by the addon. */
export interface Results {
  reference: Values;
  native: Values;
}

/**
 * Builds a graph over named inputs and runs it both ways. Where it has an output `loss`, the gradients by all f32 inputs
 * are outputs named `gradient.<input>`.
 */
export async function runGraph(
  engine: Engine,
  given: Readonly<Record<string, NdArray>>,
  build: (inputs: Record<string, Tensor>) => Record<string, Tensor>,
): Promise<Results> {
  const graph = new Graph();
  const entries = Object.entries(given).map(
    ([name, { type, shape }]) => [name, graph.input(name, type, shape)] as const,
  );
  const outputs = { ...build(Object.fromEntries(entries)) };
  const targets = entries.filter(([, tensor]) => tensor.type === "f32");
  if (outputs.loss)
    gradients(
      outputs.loss,
      targets.map(([, tensor]) => tensor),
    ).forEach((gradient, k) => {
      if (gradient) outputs[`gradient.${targets[k]![0]}`] = gradient;
    });
  const values = interpret({ outputs }, (tensor) => given[tensor.node.leaf!.name]!, {});
  const reference = Object.fromEntries(
    Object.entries(outputs).map(([name, t]) => [name, values.get(t)!.data]),
  );
  const program = engine.program({ outputs });
  const host = Object.entries(given).map(([name, { type, data }]) => [name, type === "f32" ? Float32Array.from(data) : Int32Array.from(data)]); // prettier-ignore
  const native = await program.run(Object.fromEntries(host) as NativeTensors);
  await program.dispose();
  return { reference, native };
}

/** Largest difference in units of the largest expected entry, or of 1 where that is smaller. */
export function errorOf(actual: ArrayLike<number> | undefined, expected: readonly number[]): number {
  assert.equal(actual?.length, expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  return Math.max(...expected.map((value, k) => Math.abs(value - actual[k]!))) / scale;
}

/** Both ways give the expected numbers: within `tolerance` by the references and 1e-5 by the addon. */
export function assertGolden(
  { reference, native }: Results,
  name: string,
  expected: readonly number[],
  tolerance = 1e-10,
): void {
  const [exact, close] = [errorOf(reference[name], expected), errorOf(native[name], expected)];
  assert.ok(exact <= tolerance, `${name}: reference off by ${exact}`);
  assert.ok(close <= 1e-5, `${name}: kernel off by ${close}`);
}
