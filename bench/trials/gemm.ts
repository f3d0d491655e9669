import { LayerProducts, nameOf, operations, type Layer } from "../layer-products.js";
import { ourPrecisions } from "../ours.js";
import { measurePeak, missingPeak } from "../peak.js";
import type { Peer } from "../peers/peer.js";
import { missingTorch, startTorch } from "../peers/torch.js";
import { compete, type Contestant } from "../rounds.js";
import type { Measurement, Trial, TrialContext, TrialResult } from "../trial.js";

const [rows, steps, rounds] = [512, 5, 5];

/** Linear layers of MiniLM and of BERT-base: width, depth. */
const layers = ([[384, 384], [1152, 384], [1536, 384], [384, 1536], [768, 768], [2304, 768], [3072, 768], [768, 3072]] as const)
  .map(([width, depth]): Layer => ({ rows, width, depth })); // prettier-ignore

export const trial: Trial = {
  id: "gemm",
  title: "The three products of a linear layer (forward, input gradient, weight gradient)",
  run,
};

async function run({ threads, log }: TrialContext): Promise<TrialResult> {
  const ours = (await ourPrecisions("cpu")).map((precision) => new LayerProducts({ device: "cpu", threads, precision })); // prettier-ignore
  const peer = await startTorch("gemm.py", [String(threads)], { OPENBLAS_NUM_THREADS: String(threads) });
  const { level } = ours[0]!.engine;
  const measurements: Measurement[] = [];
  const logs = new Map<string, number[]>();
  let peak = measurePeak(level, threads);
  for (const layer of layers) {
    log(nameOf(layer));
    const result = await compete(ours.map((each) => own(each, layer)), peer ? others(peer.peer, layer) : [], rounds); // prettier-ignore
    measurements.push(...result.measurements.map((each) => ({ ...each, group: nameOf(layer) }))); // prettier-ignore
    for (const [pair, ratio] of Object.entries(result.ratios)) logs.set(pair, [...(logs.get(pair) ?? []), Math.log(ratio)]); // prettier-ignore
    peak = Math.max(peak ?? 0, measurePeak(level, threads) ?? 0) || undefined;
  }
  peer?.peer.stop();
  const names = Object.fromEntries(ours.map(({ engine }) => [`cdlm ${engine.precision}`, engine.products]));
  for (const { engine } of ours) await engine.dispose();
  const facts = { threads, level, ...names, ...peer?.about, ...(peak ? { peak: `${peak} GFLOP/s in fp32` } : {}) }; // prettier-ignore
  const ratios = Object.fromEntries([...logs].map(([pair, values]) => [`${pair}, geometric mean`, geometricMean(values)])); // prettier-ignore
  return { measurements, ratios, facts, missing: [...(peer ? [] : [missingTorch]), ...(peak ? [] : [missingPeak])] }; // prettier-ignore
}

function own(products: LayerProducts, layer: Layer): Contestant {
  return {
    name: `cdlm ${products.engine.precision}`,
    measure: () => products.measure(layer, steps),
    rate: rateOf(layer),
  };
}

function others(peer: Peer, layer: Layer): Contestant[] {
  const asked = (who: string): Contestant => ({
    name: who,
    measure: () => peer.measure({ who, ...layer, steps }),
    rate: rateOf(layer),
  });
  return ["numpy", "torch fp32", "torch bf16"].map(asked);
}

const rateOf = (layer: Layer) => (milliseconds: number) =>
  `${(operations(layer) / milliseconds / 1e6).toFixed(0)} GFLOP/s`;

const geometricMean = (logs: readonly number[]): number =>
  Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
