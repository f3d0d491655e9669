import Benchmark from "benchmark";
import { primitiveOps, fusedOps } from "../../lib/graph/ops/index.js";
import { sum } from "../../lib/graph/ops/sum.js";
import type { Op, Sample } from "../../lib/graph/op.js";
import { noise, type NdArray } from "../../lib/graph/nd-array.js";
import { Graph } from "../../lib/graph/tensor.js";
import type { NativeTensors } from "../../lib/native/contract.js";
import { createEngine } from "../../lib/native/create-engine.js";
import type { Engine } from "../../lib/native/engine.js";
import type { Measurement, Trial } from "../trial.js";

const [pieces, width, inner] = [512, 384, 1536];

/** Ops at the sizes of MiniLM with a batch of 512 pieces. */
const cases: { op: string; inputs: NdArray[]; attributes?: Sample["attributes"]; flops?: number }[] = [
  product("matmul", pieces, width, width),
  product("matmul", pieces, 3 * width, width),
  product("matmul", pieces, inner, width),
  product("matmul", pieces, width, inner),
  { op: "gelu", inputs: [noise([pieces, inner], 1)] },
  { op: "softmax", inputs: [noise([pieces, width], 1)] },
  {
    op: "layerNorm",
    inputs: [noise([pieces, width], 1), noise([width], 2), noise([width], 3)],
    attributes: { epsilon: 1e-12 },
  },
];

function product(op: string, m: number, n: number, k: number) {
  const inputs = [noise([m, k], 1), noise([n, k], 2)];
  return { op, inputs, attributes: { transposeA: 0, transposeB: 1 }, flops: 2 * m * n * k };
}

export const trial: Trial = {
  id: "kernels",
  title: "Single ops through the engine, call included",
  async run({ threads }) {
    const engine = createEngine({ device: "cpu", threads });
    const measurements: Measurement[] = [];
    for (const example of cases) measurements.push(await measure(engine, example));
    const facts = { level: engine.level, threads };
    await engine.dispose();
    return { measurements, ratios: {}, facts, missing: [] };
  },
};

async function measure(engine: Engine, { op: name, inputs, attributes = {}, flops }: (typeof cases)[number]) {
  const op = [...primitiveOps, ...fusedOps].find((candidate: Op) => candidate.name === name)!;
  const graph = new Graph();
  const tensors = inputs.map(({ type, shape }, k) => graph.input(String(k), type, shape));
  // Only the sum leaves the engine, so that the copy does not count.
  const program = engine.program({ outputs: { y: sum(graph.apply(op, tensors, attributes)[0]!) } });
  const host = Object.fromEntries(inputs.map(({ data }, k) => [k, Float32Array.from(data)])) as NativeTensors;
  const stats = await run(() => program.run(host));
  const times = (stats.sample as number[]).map((seconds) => 1000 * seconds).sort((a, b) => a - b);
  const [min, median, max] = [times[0]!, times[times.length >> 1]!, times.at(-1)!];
  const shape = inputs.map((input) => `[${input.shape.join("×")}]`).join(" ");
  const rate = flops ? `${(flops / median / 1e6).toFixed(0)} GFLOP/s` : "";
  return { name: `${name} ${shape}`, median, min, max, rate };
}

function run(work: () => Promise<unknown>): Promise<Benchmark.Stats> {
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark("", {
      defer: true,
      maxTime: 1,
      fn: (deferred: { resolve(): void }) => void work().then(() => deferred.resolve(), reject),
      onComplete: () => resolve(benchmark.stats),
    });
    benchmark.run({ async: true });
  });
}
