import { existsSync } from "node:fs";
import path from "node:path";
import { contextPool, mentionPool } from "../../lib/data/interventions.js";
import { loadDataset, type Dataset } from "../../lib/data/dataset.js";
import { presetNames, type PresetName } from "../../lib/model/presets.js";
import { modelOptionsOf } from "../../lib/model/tagger-config.js";
import { newTagger } from "../../lib/model/open-tagger.js";
import type { TaggerModel } from "../../lib/model/tagger-model.js";
import { packageRoot } from "../../lib/native/load.js";
import { Batches } from "../../lib/training/batches.js";
import { prepareLabelGraph } from "../../lib/training/label-graph.js";
import { trainingOptionsOf } from "../../lib/training/options.js";
import { learningRatesOf, optimizerOf } from "../../lib/training/parameter-groups.js";
import { alternate, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [sentences, stepsPerRound, rounds] = [8, 6, 7];

/** Steps of real training batches with the parts of a preset. */
class PresetSteps {
  #batch = 0;

  private constructor(
    readonly model: TaggerModel,
    private readonly batches: Batches,
    private readonly rates: readonly number[],
  ) {}

  static async create(
    preset: PresetName,
    folder: string,
    data: Dataset,
    threads: number,
    teacher?: TaggerModel,
  ): Promise<PresetSteps> {
    const options = trainingOptionsOf({ preset, batchSentences: sentences, decoding: preset === "finetune" ? "viterbi" : "crf" }); // prettier-ignore
    const { objective, decoding } = options;
    const head = { types: data.types, wordShape: true, decoding, ...modelOptionsOf(objective), seed: 1 };
    const model = await newTagger(folder, head, objective, { device: "cpu", threads });
    const pools = { mentions: mentionPool(data.train), contexts: contextPool(data.train) };
    const batches = await Batches.of(model, data.train, pools, options);
    if (model.nodes) await prepareLabelGraph(model, teacher ?? model, batches.passages);
    await model.engine.configureOptimizer(optimizerOf(model.parameters, options), 0);
    return new PresetSteps(model, batches, learningRatesOf(model.parameters, options, 0.01));
  }

  /** Milliseconds of each step; the same batches in every round. */
  async measure(): Promise<number[]> {
    const epoch = this.batches.ofEpoch(0);
    const times: number[] = [];
    for (this.#batch = 0; this.#batch < stepsPerRound; this.#batch++) {
      const started = performance.now();
      const passages = this.batches.passagesOf(epoch[this.#batch]!, { epoch: 0, batch: this.#batch });
      await this.model.lossOf(passages, [1, this.#batch]);
      await this.model.engine.step({ learningRates: this.rates, clipNorm: 1 });
      times.push(performance.now() - started);
    }
    return times;
  }
}

/** What each preset's step costs over plain fine-tuning, on MiniLM and the music domain's training sentences. */
async function run({ threads, log }: TrialContext): Promise<TrialResult> {
  const folder = path.join(packageRoot, ".cache/models/all-MiniLM-L6-v2");
  if (!existsSync(folder))
    return { measurements: [], ratios: {}, facts: {}, missing: ["the encoder: run `npm run models`"] };
  const data = await loadDataset(path.join(packageRoot, "examples/data/music"));
  const all: PresetSteps[] = [];
  for (const preset of presetNames) all.push(await PresetSteps.create(preset, folder, data, threads, all[0]?.model)); // prettier-ignore
  const contestants = all.map((steps, k): Contestant => {
    const rate = (milliseconds: number) => `${((1000 * sentences) / milliseconds).toFixed(0)} sentences/s`;
    return { name: presetNames[k]!, measure: () => steps.measure(), rate };
  });
  log(`${contestants.length} presets, ${rounds} rounds of ${stepsPerRound} steps in turn`);
  const measurements = await alternate(contestants, rounds);
  const [plain, ...others] = measurements;
  const { level } = all[0]!.model.engine;
  for (const { model } of all) await model.dispose();
  return {
    measurements,
    ratios: Object.fromEntries(others.map(({ name, median }) => [`${name}: cost over ${plain!.name}`, median / plain!.median])), // prettier-ignore
    facts: { batch: `${sentences} sentences of music`, threads, level },
    missing: [],
  };
}

export const trial: Trial = {
  id: "method-step",
  title: "One training step of the method's presets",
  run,
};
