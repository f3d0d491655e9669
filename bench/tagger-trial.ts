import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../lib/native/load.js";
import { TorchPeer, type PeerRequest } from "./peers/torch.js";
import { alternate, ratiosToFirst, type Contestant } from "./rounds.js";
import { TaggerStep } from "./tagger-step.js";
import type { TrialContext, TrialResult } from "./trial.js";

const [sentences, length, stepsPerRound, rounds] = [8, 64, 5, 7];

/** Ours against PyTorch on MiniLM's shape, batch 8 × 64 pieces, fp32 and bf16 autocast. */
export async function taggerTrial(
  work: PeerRequest["work"],
  { threads, log }: TrialContext,
): Promise<TrialResult> {
  const folder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  if (!existsSync(folder)) return nothing("the encoder: run `npm run models`");
  const ours = await TaggerStep.create(folder, threads, sentences, length);
  const torch = await TorchPeer.start(folder, threads);
  const rate = (milliseconds: number) => `${Math.round((1000 * sentences * length) / milliseconds)} pieces/s`;
  const contestants: Contestant[] = [{ name: "cdlm fp32", measure: () => ours[work](stepsPerRound), rate }];
  for (const bf16 of torch ? [false, true] : []) {
    const request = { work, steps: stepsPerRound, batch: sentences, pieces: length, bf16 };
    const name = bf16 ? "PyTorch bf16 autocast" : "PyTorch fp32";
    contestants.push({ name, measure: () => torch!.peer.measure(request), rate });
  }
  log(`${contestants.length} contestants, ${rounds} rounds of ${stepsPerRound} steps in turn`);
  const measurements = await alternate(contestants, rounds);
  torch?.peer.stop();
  const { level } = ours.engine;
  await ours.engine.dispose();
  return {
    measurements,
    ratios: ratiosToFirst(measurements),
    facts: {
      batch: `${sentences} x ${length} pieces`,
      threads,
      level,
      ...(torch ? { torch: torch.version } : {}),
    },
    missing: torch ? [] : ["PyTorch: name a Python that has torch and transformers in CDLM_BENCH_PYTHON"],
  };
}

function nothing(missing: string): TrialResult {
  return { measurements: [], ratios: {}, facts: {}, missing: [missing] };
}
