import { gradients } from "../../lib/graph/gradient.js";
import { noise } from "../../lib/graph/nd-array.js";
import { addBias } from "../../lib/graph/ops/add-bias.js";
import { graphMix } from "../../lib/graph/ops/graph-mix.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { sum } from "../../lib/graph/ops/sum.js";
import { Graph } from "../../lib/graph/tensor.js";
import { writeFloats } from "../../lib/model/initialise.js";
import type { Engine, Program } from "../../lib/native/engine.js";
import { LayerProducts, operations } from "../layer-products.js";
import { missingTorch, startTorch } from "../peers/torch.js";
import { alternate, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [graphs, nodes, width] = [8, 20, 384];
const layer = { rows: graphs * nodes, width, depth: width };
const [stepsPerRound, rounds] = [20, 9];

/** Y = Â U Wᵀ + b and its gradients by U, W and b, all inside the engine. */
async function convolution(engine: Engine): Promise<Program> {
  const graph = new Graph();
  const operand = async (name: string, shape: readonly number[], seed: number) => {
    await engine.define(name, shape);
    await writeFloats(engine, name, Float32Array.from(noise(shape, seed).data));
    return graph.parameter(name, shape);
  };
  const adjacency = await operand("gcn adjacency", [nodes, nodes], 1);
  const u = await operand("gcn u", [layer.rows, width], 2);
  const w = await operand("gcn w", [width, width], 3);
  const b = await operand("gcn b", [width], 4);
  const dy = await operand("gcn dy", [layer.rows, width], 5);
  const y = addBias(matmul(graphMix(adjacency, u), w, { transposeB: true }), b);
  const [dU, dW, dB] = gradients(sum(multiply(y, dy)), [u, w, b]);
  // Results are left where gradients of their shapes belong, so that nothing is copied out.
  const results = { "gcn dy": y, "gcn u": dU!, "gcn w": dW!, "gcn b": dB! };
  return engine.program({ outputs: {}, gradients: new Map(Object.entries(results)) });
}

async function run({ threads, device, log }: TrialContext): Promise<TrialResult> {
  const products = new LayerProducts({ device, threads });
  const program = await convolution(products.engine);
  const rate = (milliseconds: number) => `${(operations(layer) / milliseconds / 1e6).toFixed(0)} GFLOP/s`;
  const contestants: Contestant[] = [
    { name: "graph convolution, forward and backward", measure: () => timesOf(program), rate },
    { name: "its three products with W alone", measure: () => products.measure(layer, stepsPerRound), rate },
  ];
  const torch = await startTorch("graph_convolution.py", [String(threads), device]);
  const request = { graphs, nodes, width, steps: stepsPerRound };
  if (torch) contestants.push({ name: "PyTorch fp32", measure: () => torch.peer.measure(request), rate });
  log(`${rounds} rounds of ${stepsPerRound} steps in turn`);
  const measurements = await alternate(contestants, rounds);
  torch?.peer.stop();
  const { level } = products.engine;
  await products.engine.dispose();
  const [whole, alone, theirs] = measurements;
  const against = theirs && { [`cdlm / ${theirs.name}`]: theirs.median / whole!.median };
  return {
    measurements,
    ratios: { "cost over the products": whole!.median / alone!.median, ...against },
    facts: { graphs, nodes, width, threads, level, ...torch?.about },
    missing: torch ? [] : [missingTorch],
  };
}

async function timesOf(program: Program): Promise<number[]> {
  const times: number[] = [];
  for (let step = 0; step <= stepsPerRound; step++) {
    const started = performance.now();
    await program.run({});
    if (step > 0) times.push(performance.now() - started); // the first one warms up
  }
  return times;
}

export const trial: Trial = {
  id: "fusion",
  onCuda: true,
  title: "Graph convolution over label nodes against its matrix products",
  run,
};
