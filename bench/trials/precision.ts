import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import { packageRoot } from "../../lib/native/load.js";
import { train } from "../../lib/trainer.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const precisions = ["fp32", "bf16"] as const;
type Precision = (typeof precisions)[number];

const [source, domains, seeds] = ["conll2003", ["politics", "science", "music"], [1, 2, 3]] as const;

export const trial: Trial = {
  id: "precision",
  title: "Dev F1 of bf16 against fp32: source model, and fine-tuning on three domains, three seeds each",
  onRequest: true,
  run,
};

async function run({ threads, data, log }: TrialContext): Promise<TrialResult> {
  const encoder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  const missing = [encoder, ...[source, ...domains].map((name) => path.join(data, name))].filter((place) => !existsSync(place)); // prettier-ignore
  if (missing.length > 0) return { measurements: [], ratios: {}, facts: {}, missing };
  const folder = mkdtempSync(path.join(tmpdir(), "cdlm-precision-"));
  const scores = new Map<string, Record<Precision, number[]>>();
  try {
    for (const seed of seeds)
      for (const precision of precisions)
        for (const [name, f1] of await course({ encoder, data, out: folder }, { threads, precision }, seed)) {
          log(`seed ${seed}, ${precision}, ${name}: dev F1 ${f1.toFixed(2)}`);
          const kept = scores.get(name) ?? { fp32: [], bf16: [] };
          kept[precision].push(f1);
          scores.set(name, kept);
        }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { measurements: [], ratios: {}, facts: { threads, ...differences(scores) }, missing: [] };
}

interface Places {
  encoder: string;
  data: string;
  out: string;
}

/** Dev F1 in percent of the source model of a seed and of what is fine-tuned from it. */
async function course(
  { encoder, data, out }: Places,
  device: { threads: number; precision: Precision },
  seed: number,
): Promise<[string, number][]> {
  const at = (name: string) => path.join(out, `${name}-${device.precision}-${seed}`);
  const model = at(source);
  const options = { epochs: 3, batchSentences: 16, seed };
  const trained = await train({ encoder, data: path.join(data, source), out: model, device, options });
  const scores: [string, number][] = [[source, trained.devF1!]];
  for (const name of domains) {
    const target = { model, data: path.join(data, name), out: at(name), device };
    const adapted = await adapt({ ...target, method: "finetune", options: { epochs: 30, batchSentences: 8, seed } }); // prettier-ignore
    scores.push([name, adapted.devF1!]);
  }
  return scores;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function differences(scores: ReadonlyMap<string, Record<Precision, number[]>>): Record<string, string> {
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(2)).join(" ");
  const rows = [...scores].map(([name, { fp32, bf16 }]) => {
    const difference = mean(bf16) - mean(fp32);
    return [name, `fp32 ${list(fp32)}; bf16 ${list(bf16)}; difference of means ${difference.toFixed(2)}`];
  });
  return Object.fromEntries(rows) as Record<string, string>;
}
