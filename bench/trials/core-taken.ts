import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { canPin, withBusyCore } from "../busy-core.js";
import { alternate, type Contestant } from "../rounds.js";
import { TaggerStep } from "../tagger-step.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [sentences, length, steps, rounds] = [8, 64, 5, 7];

export const trial: Trial = {
  id: "core-taken",
  title: "MiniLM training steps while another process takes one core of those that the threads have",
  run,
};

async function run({ threads }: TrialContext): Promise<TrialResult> {
  if (!canPin()) return { measurements: [], ratios: {}, facts: {}, missing: ["taskset (util-linux)"] };
  const folder = path.join(packageRoot, "bench/encoders/minilm");
  const device = { device: "cpu", threads, precision: "auto" } as const;
  const tagger = await TaggerStep.create(folder, device, sentences, length);
  const rate = (milliseconds: number) => `${Math.round((1000 * sentences * length) / milliseconds)} pieces/s`;
  const free: Contestant = { name: "cdlm alone", measure: () => tagger.train(steps), rate };
  const taken: Contestant = {
    name: "cdlm, one core taken",
    measure: () => withBusyCore(() => tagger.train(steps)),
    rate,
  };
  const measurements = await alternate([free, taken], rounds);
  const { level, products } = tagger.engine;
  await tagger.engine.dispose();
  const kept = measurements[0]!.median / measurements[1]!.median;
  const facts = { batch: `${sentences} x ${length} pieces`, threads, level, products };
  return { measurements, ratios: { "speed kept while one core is taken": kept }, facts, missing: [] };
}
