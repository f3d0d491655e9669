import path from "node:path";
import { packageRoot } from "../lib/native/load.js";
import { ourPrecisions } from "./ours.js";
import { missingOnnx, startOnnx } from "./peers/onnx.js";
import type { Peer } from "./peers/peer.js";
import { missingTorch, startTorch } from "./peers/torch.js";
import { compete, type Contestant } from "./rounds.js";
import { TaggerStep } from "./tagger-step.js";
import type { TrialContext, TrialResult } from "./trial.js";

const [sentences, length] = [8, 64];

interface TaggerTrial {
  /** A folder of bench/encoders; the weights are random. */
  encoder: "minilm" | "bert-base";
  work: "train" | "forward";
  steps: number;
  rounds: number;
}

/** Ours against PyTorch, and onnxruntime-node in the forward pass, on a batch of 8 × 64 pieces. */
export async function taggerTrial(
  trial: TaggerTrial,
  { threads, device, log }: TrialContext,
): Promise<TrialResult> {
  const folder = path.join(packageRoot, "bench/encoders", trial.encoder);
  const torch = await startTorch("torch_step.py", [folder, String(threads), device]);
  const predictsOnCpu = trial.work === "forward" && device === "cpu"; // where int8 and onnxruntime compete too
  const onnx = predictsOnCpu ? await startOnnx(folder, threads) : undefined;
  const taggers: TaggerStep[] = [];
  const precisions = await ourPrecisions(device);
  for (const precision of [...precisions, ...(predictsOnCpu ? ["int8" as const] : [])])
    taggers.push(await TaggerStep.create(folder, { device, threads, precision }, sentences, length));
  const all = taggers.map((tagger) => contestant(`cdlm ${tagger.engine.precision}`, () => tagger[trial.work](trial.steps))); // prettier-ignore
  const ours = all.slice(0, precisions.length);
  const theirs = [
    ...all.slice(precisions.length), // int8 costs quality, so that it is not the one to compare with
    ...(torch ? [false, true].map((bf16) => asked(torch.peer, trial, bf16)) : []),
    ...(onnx ? [asked(onnx.peer, trial, undefined)] : []),
  ];
  log(`${ours.length + theirs.length} contestants, ${trial.rounds} rounds of ${trial.steps} steps in turn`);
  const result = await compete(ours, theirs, trial.rounds);
  torch?.peer.stop();
  onnx?.peer.stop();
  for (const { engine } of taggers) await engine.dispose();
  const missing = [...(torch ? [] : [missingTorch]), ...(onnx || !predictsOnCpu ? [] : [missingOnnx])];
  const { level } = taggers[0]!.engine;
  const products = Object.fromEntries(
    taggers.map(({ engine }) => [`cdlm ${engine.precision}`, engine.products]),
  );
  const facts = { batch: `${sentences} x ${length} pieces`, threads, level, ...products };
  return { ...result, facts: { ...facts, ...torch?.about, ...onnx?.about }, missing };
}

function asked(peer: Peer, { work, steps }: TaggerTrial, bf16: boolean | undefined): Contestant {
  const name = bf16 === undefined ? "onnxruntime-node fp32" : bf16 ? "PyTorch bf16 autocast" : "PyTorch fp32";
  return contestant(name, () => peer.measure({ work, steps, batch: sentences, pieces: length, bf16 }));
}

function contestant(name: string, measure: Contestant["measure"]): Contestant {
  const rate = (milliseconds: number) => `${Math.round((1000 * sentences * length) / milliseconds)} pieces/s`;
  return { name, measure, rate };
}
