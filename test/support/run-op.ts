import { zeros, type NdArray } from "../../lib/graph/nd-array.js";
import type { Op, Sample } from "../../lib/graph/op.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";
import type { NativeTensors } from "../../lib/native/contract.js";
import type { Engine } from "../../lib/native/engine.js";

/** A graph of one op over inputs named 0, 1, …; extents are the sample's own. */
export function graphOf(op: Op, sample: Sample): { inputs: Tensor[]; outputs: readonly Tensor[] } {
  const graph = new Graph();
  const inputs = sample.inputs.map(({ type, shape }, k) => graph.input(String(k), type, shape));
  return { inputs, outputs: graph.apply(op, inputs, sample.attributes ?? {}) };
}

export function referenceOf(op: Op, sample: Sample): NdArray[] {
  const types = op.infer(sample.inputs, sample.attributes ?? {});
  const outputs = types.map(({ type, shape }) => zeros(type, shape as number[]));
  op.reference(sample.inputs, outputs, sample.attributes ?? {});
  return outputs;
}

export async function runOnAddon(
  engine: Engine,
  op: Op,
  sample: Sample,
): Promise<(Int32Array | Float32Array)[]> {
  const { outputs } = graphOf(op, sample);
  const program = engine.program({
    outputs: Object.fromEntries(outputs.map((tensor, k) => [String(k), tensor])),
  });
  const results = await program.run(hostInputs(sample.inputs));
  await program.dispose();
  return outputs.map((_, k) => results[String(k)]!);
}

export function hostInputs(inputs: readonly NdArray[]): NativeTensors {
  const host = inputs.map(({ type, data }, k) => [
    k,
    type === "f32" ? Float32Array.from(data) : Int32Array.from(data),
  ]);
  return Object.fromEntries(host) as NativeTensors;
}

export function sampleName({ inputs, attributes = {} }: Sample): string {
  return `${inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" ")} ${JSON.stringify(attributes)}`;
}
