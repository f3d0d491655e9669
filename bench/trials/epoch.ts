import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { Epoch } from "../epoch.js";
import { ourPrecisions } from "../ours.js";
import { missingTorch, startTorch } from "../peers/torch.js";
import { compete, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [batch, rounds] = [16, 5];

export const trial: Trial = {
  id: "epoch",
  title: "One epoch of real sentences of all lengths, MiniLM (PyTorch pads batches of like lengths)",
  run,
};

async function run({ threads, data, log }: TrialContext): Promise<TrialResult> {
  const encoder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  if (!existsSync(encoder))
    return { measurements: [], ratios: {}, facts: {}, missing: ["the encoder: run `npm run models`"] };
  const epochs: Epoch[] = [];
  for (const precision of await ourPrecisions("cpu"))
    epochs.push(await Epoch.create(encoder, data, { device: "cpu", threads, precision }, batch));
  const { pieces, passages } = epochs[0]!;
  const rate = (milliseconds: number) => `${Math.round((1000 * pieces) / milliseconds)} pieces/s`;
  const ours = epochs.map((epoch): Contestant => {
    const name = `cdlm ${epoch.model.engine.precision}`;
    return { name, measure: async () => [await epoch.run()], rate };
  });
  const torch = await startTorch("torch_epoch.py", [encoder, path.join(data, "train.txt"), String(threads)]);
  const theirs = (torch ? [false, true] : []).map((bf16): Contestant => {
    const name = bf16 ? "PyTorch bf16 autocast" : "PyTorch fp32";
    return { name, measure: () => torch!.peer.measure({ batch, bf16 }), rate };
  });
  log(`${ours.length + theirs.length} contestants, ${rounds} epochs of ${pieces} pieces in turn`);
  const result = await compete(ours, theirs, rounds);
  torch?.peer.stop();
  const { level, products } = epochs.at(-1)!.model.engine;
  for (const { model } of epochs) await model.dispose();
  const facts = { corpus: path.basename(data), sentences: passages.length, pieces, batch, threads, level, products }; // prettier-ignore
  return { ...result, facts: { ...facts, ...torch?.about }, missing: torch ? [] : [missingTorch] };
}
