import { add } from "../graph/ops/add.js";
import { crossEntropy } from "../graph/ops/cross-entropy.js";
import type { Tensor } from "../graph/tensor.js";
import { batchInputs } from "../model/batch-inputs.js";
import { writeFloats } from "../model/initialise.js";
import { mentionInputs, mentionsIn, spanInputs } from "../model/mentions-in-batch.js";
import { goldOf, packPassages, type Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { typeScores, typeVectors } from "../model/type-scores.js";
import { headDropout, wordScores, type TaggerConfig } from "../model/word-scores.js";
import type { NativeTensors } from "../native/contract.js";
import type { Program } from "../native/engine.js";
import { Scope } from "../nn/scope.js";
import { TagSet } from "../text/tag-set.js";
import { nameVectors } from "../training/label-graph.js";
import type { Trainable } from "../training/trainable.js";
import { fitted } from "./fitted.js";
import { ModelOnTagger, plainTaggerOf } from "./model-on-tagger.js";
import { typedTags } from "./mentions.js";
import { tagByPassages } from "./tag-by-passages.js";

/**
 * Coach (Liu et al. 2020, "Coach: a coarse-to-fine approach for cross-domain slot filling"; METHOD 9): first which words
 * are mentions (O, B, I), then which type vector a mention's mean vector is nearest to.
 */
export const coach = fitted("Coach", async (start) => {
  const tagger = await plainTaggerOf(start, ["mention"]);
  const model = new CoachModel(tagger, new TagSet(start.types));
  await model.initialise(start.options.seed);
  const vectors = await nameVectors(tagger, start.types, start.request.signal);
  await writeFloats(model.engine, typeVectors, vectors);
  return model;
});

class CoachModel extends ModelOnTagger {
  readonly #typing: Program;

  constructor(tagger: TaggerModel, tagSet: TagSet) {
    const types = tagSet.types.length;
    super(tagger, tagSet, (scope) => coachLoss(scope, tagger.taggerConfig, types));
    const scope = new Scope("prediction");
    const h = scope.graph.input("vectors", "f32", ["words", tagger.config.hidden_size]);
    this.#typing = tagger.engine.program({ outputs: { scores: typeScores(scope, h, types) } });
  }

  protected trainingInputs(passages: readonly Passage[]): NativeTensors {
    const packed = packPassages(passages, this);
    const gold = goldOf(passages)!;
    return {
      ...batchInputs(packed, this.tagger),
      gold: gold.map((tag) => (tag <= 0 ? tag : 2 - (tag % 2))), // B-x 1, I-x 2
      ...mentionInputs(gold, packed.words),
    };
  }

  tagSentences: Trainable["tagSentences"] = (sentences, { signal } = {}) =>
    tagByPassages(this, sentences, async (passages) => {
      const inputs = batchInputs(packPassages(passages, this), this.tagger);
      const { tags } = await this.tagger.program("prediction").run(inputs, { signal });
      const { spans } = mentionsIn(tags as Int32Array, inputs.words as Int32Array);
      if (spans.length === 0) return tags!;
      const { vectors } = await this.tagger.program("analysis").run(inputs, { signal });
      const { scores } = await this.#typing.run({ vectors: vectors!, ...spanInputs(spans, tags!.length) }, { signal }); // prettier-ignore
      return typedTags(spans, scores as Float32Array, tags!.length);
    });
}

/** Loss of both steps, in equal parts; the second sees the gold mentions. */
function coachLoss(scope: Scope, config: TaggerConfig, types: number): Tensor {
  const { h, scores } = wordScores(scope, config);
  const found = crossEntropy(scores, scope.graph.input("gold", "i32", ["words"]));
  const dropped = headDropout(scope, config.encoder, h);
  return add(found, crossEntropy(typeScores(scope, dropped, types), scope.graph.input("spanTypes", "i32", ["spans"]))); // prettier-ignore
}
