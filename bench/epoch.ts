import { loadDataset } from "../lib/data/dataset.js";
import { trainingBatches } from "../lib/data/batching.js";
import { cutSentences, type Passage } from "../lib/model/passages.js";
import { plainMethod } from "../lib/model/cdlm-file.js";
import { newTagger } from "../lib/model/open-tagger.js";
import type { TaggerModel } from "../lib/model/tagger-model.js";
import type { DeviceOptions } from "../lib/native/create-engine.js";
import { learningRatesOf, optimizerOf } from "../lib/training/parameter-groups.js";
import { trainingOptionsOf } from "../lib/training/options.js";
import { TagSet } from "../lib/text/tag-set.js";

const options = trainingOptionsOf({});

/** Epochs over a real corpus, batch by batch as `cdlm train` runs them. */
export class Epoch {
  #epoch = 0;

  private constructor(
    readonly model: TaggerModel,
    readonly passages: readonly Passage[],
    readonly batchSentences: number,
  ) {}

  static async create(encoder: string, data: string, device: DeviceOptions, batchSentences: number) {
    const { train } = await loadDataset(data);
    const types = TagSet.of(train.map(({ tags }) => tags)).types;
    const head = { types, wordShape: false, decoding: "argmax", ...plainMethod, seed: 1 } as const;
    const model = await newTagger(encoder, head, options.objective, device);
    const cuts = await cutSentences(train, model, model.tagSet);
    await model.engine.configureOptimizer(optimizerOf(model.parameters, options), 0);
    return new Epoch(model, cuts.flatMap(({ passages }) => passages), batchSentences); // prettier-ignore
  }

  get pieces(): number {
    return this.passages.reduce((sum, { pieces }) => sum + pieces, 0);
  }

  /** Milliseconds of the next epoch. */
  async run(): Promise<number> {
    const lengths = this.passages.map(({ pieces }) => pieces);
    const place = { seed: 1, epoch: this.#epoch++ };
    const batches = trainingBatches(lengths, { sentences: this.batchSentences }, place);
    const learningRates = learningRatesOf(this.model.parameters, options, 1);
    const start = performance.now();
    for (const [step, batch] of batches.entries()) {
      await this.model.lossOf(batch.map((index) => this.passages[index]!), [place.epoch, step]); // prettier-ignore
      await this.model.engine.step({ learningRates, clipNorm: options.clipNorm });
    }
    return performance.now() - start;
  }
}
