import { add } from "../graph/ops/add.js";
import { crossEntropy } from "../graph/ops/cross-entropy.js";
import { fill } from "../graph/ops/fill.js";
import { matmul } from "../graph/ops/matmul.js";
import { scale } from "../graph/ops/scale.js";
import { softmax } from "../graph/ops/softmax.js";
import type { Tensor } from "../graph/tensor.js";
import { batchInputs } from "../model/batch-inputs.js";
import { writeFloats } from "../model/initialise.js";
import { goldOf, packPassages, type Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { headDropout, wordScores, type TaggerConfig } from "../model/word-scores.js";
import type { NativeTensors } from "../native/contract.js";
import type { Program } from "../native/engine.js";
import { linear } from "../nn/linear.js";
import { Scope, single } from "../nn/scope.js";
import { nameVectors } from "../training/label-graph.js";
import type { Trainable } from "../training/trainable.js";
import { fitted } from "./fitted.js";
import { historyInputs, historyScores, LabelHistory } from "./label-history.js";
import { ModelOnTagger, plainTaggerOf } from "./model-on-tagger.js";
import { tagByPassages } from "./tag-by-passages.js";

const backgroundVectors = "laner.background";

/**
 * LANER (Hu et al. 2022, "A label-aware autoregressive framework for cross-domain NER"; METHOD 9): the classifier reads the word, what
 * an attention from the word to the labels' names gives, and the labels of the words before.
 */
export const laner = fitted("LANER", async (start) => {
  const tagger = await plainTaggerOf(start, start.types);
  const model = new LanerModel(tagger);
  await model.initialise(start.options.seed);
  const vectors = await nameVectors(tagger, [undefined, ...start.types], start.request.signal);
  await writeFloats(model.engine, backgroundVectors, vectors);
  return model;
});

class LanerModel extends ModelOnTagger {
  readonly #words: Program;
  readonly #history: LabelHistory;

  constructor(tagger: TaggerModel) {
    const { taggerConfig, tagSet, engine } = tagger;
    super(tagger, tagSet, (scope) => {
      const scores = add(wordAndLabelScores(scope, taggerConfig), historyScores(scope, tagSet.size));
      return crossEntropy(scores, scope.graph.input("gold", "i32", ["words"]));
    });
    const scope = new Scope("prediction");
    this.#words = engine.program({ outputs: { scores: wordAndLabelScores(scope, taggerConfig) } });
    this.#history = new LabelHistory(engine, tagSet);
  }

  protected trainingInputs(passages: readonly Passage[]): NativeTensors {
    const packed = packPassages(passages, this);
    const gold = goldOf(passages)!;
    const history = historyInputs(gold, packed.words, this.tagSet.size);
    return { ...batchInputs(packed, this.tagger), ...history, gold };
  }

  tagSentences: Trainable["tagSentences"] = async (sentences, { signal } = {}) => {
    const decode = await this.#history.decoder();
    return tagByPassages(this, sentences, async (passages) => {
      const packed = packPassages(passages, this);
      const { scores } = await this.#words.run(batchInputs(packed, this.tagger), { signal });
      return decode(scores as Float32Array, packed.words);
    });
  };
}

/** Scores [words, Y] from the word, and from the labels' names by its attention to them. */
function wordAndLabelScores(scope: Scope, config: TaggerConfig): Tensor {
  const { h, scores } = wordScores(scope, config);
  const d = config.encoder.hidden_size;
  const labels = (config.tags + 1) / 2; // O and the types
  const initialiser = { kind: "constant", value: 0 } as const;
  const names = scope.parameter(single(backgroundVectors, [labels, d], { group: "head", decay: true, initialiser })); // prettier-ignore
  const attention = softmax(scale(matmul(h, names, { transposeB: true }), fill(scope.graph, [1], 1 / Math.sqrt(d)))); // prettier-ignore
  const background = headDropout(scope, config.encoder, matmul(attention, names));
  return add(scores, linear(scope, background, { name: "laner.background.output", group: "head", width: config.tags })); // prettier-ignore
}
