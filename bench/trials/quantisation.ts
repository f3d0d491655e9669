import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadDataset } from "../../lib/data/dataset.js";
import { evaluate } from "../../lib/evaluate.js";
import { packageRoot } from "../../lib/native/load.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const precisions = ["fp32", "bf16", "int8"] as const;

export const trial: Trial = {
  id: "quantisation",
  title: "Test F1 of one model in every precision of prediction, trained on the corpus for 20 epochs",
  onRequest: true,
  run,
};

async function run({ threads, data, log }: TrialContext): Promise<TrialResult> {
  const encoder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  if (!existsSync(encoder)) return { measurements: [], ratios: {}, facts: {}, missing: [encoder] };
  const corpus = await loadDataset(data);
  const out = mkdtempSync(path.join(tmpdir(), "cdlm-quantisation-"));
  const scores: Record<string, string> = {};
  try {
    const device = { threads, precision: "auto" } as const;
    const options = { epochs: 20, batchSentences: 8 };
    const onProgress = ({ phase, epoch }: { phase: string; epoch: number }) => phase === "evaluate" && log(`epoch ${epoch}`); // prettier-ignore
    await train({ encoder, data: corpus, out, device, options, onProgress });
    for (const precision of precisions) {
      await using recognizer = await Recognizer.load(out, { threads, precision });
      const { micro, seconds } = await evaluate(recognizer, corpus);
      scores[precision] = `F1 ${micro.f1.toFixed(2)} in ${seconds.toFixed(2)} s`;
      log(`${precision}: ${scores[precision]}`);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  const facts = { corpus: path.basename(data), sentences: corpus.test?.length ?? 0, threads, ...scores };
  return { measurements: [], ratios: {}, facts, missing: [] };
}
