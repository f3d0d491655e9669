import { Random } from "../data/random.js";
import { loadDataset } from "../data/dataset.js";
import type { Sentence } from "../data/sentence.js";
import { loadParameters } from "../files/parameter-file.js";
import { SafetensorsFile } from "../files/safetensors.js";
import { add } from "../graph/ops/add.js";
import { crossEntropy } from "../graph/ops/cross-entropy.js";
import { fill } from "../graph/ops/fill.js";
import { scale } from "../graph/ops/scale.js";
import { batchInputs } from "../model/batch-inputs.js";
import { readModelFolder, weightsFile } from "../model/model-folder.js";
import { cutSentence, goldOf, packPassages, type Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { headDropout, wordScores, type TaggerConfig } from "../model/word-scores.js";
import type { NativeTensors } from "../native/contract.js";
import { linear } from "../nn/linear.js";
import type { Scope } from "../nn/scope.js";
import { TagSet } from "../text/tag-set.js";
import { fitted, type FittedStart } from "./fitted.js";
import { ModelOnTagger, plainTaggerOf } from "./model-on-tagger.js";
import type { Trainable } from "../training/trainable.js";

/** Weight of the source's loss, and source sentences of a step (METHOD 9). */
const [weight, sourceSentences] = [0.5, 8];

const head = "source.classifier";

/** Fine-tuning with sentences of the source in every step, which a head of their own tags. */
export const joint = fitted("joint training with the source", async (start) => {
  const { source, sourceData } = start.request;
  const { cdlm } = await readModelFolder(source);
  const { train } = await loadDataset(sourceData);
  const tagger = await plainTaggerOf(start, start.types);
  const model = new JointModel(tagger, new TagSet(cdlm!.types), train);
  await model.begin(start);
  return model;
});

class JointModel extends ModelOnTagger {
  constructor(
    tagger: TaggerModel,
    private readonly sourceTags: TagSet,
    private readonly source: readonly Sentence[],
  ) {
    super(tagger, tagger.tagSet, (scope) => jointLoss(scope, tagger.taggerConfig, sourceTags.size));
  }

  /** The source's head goes on from the source model's. */
  async begin({ request, options }: FittedStart): Promise<void> {
    await this.initialise(options.seed);
    const own = this.parameters.filter(({ name }) => name.startsWith(head));
    await using file = await SafetensorsFile.open(weightsFile(request.source));
    const named = own.map((spec) => ({ ...spec, parts: spec.parts.map((part) => ({ ...part, name: part.name.replace("source.", "") })) })); // prettier-ignore
    await loadParameters(this.engine, file, named);
  }

  protected trainingInputs(
    target: readonly Passage[],
    [seed, step]: readonly [number, number],
  ): NativeTensors {
    const random = Random.of(seed, "source sentences", step);
    const source = Array.from({ length: sourceSentences }, () => this.#passage(random));
    const packed = packPassages([...target, ...source], this);
    const [gold, sourceGold] = [goldOf(target)!, goldOf(source)!];
    return {
      ...batchInputs(packed, this.tagger),
      gold: Int32Array.from([...gold, ...sourceGold.map(() => -1)]),
      sourceGold: Int32Array.from([...gold.map(() => -1), ...sourceGold]),
    };
  }

  /** Of a sentence that is too long for the encoder, one window. */
  #passage(random: Random): Passage {
    const sentence = random.choice(this.source);
    return random.choice(cutSentence(0, sentence, this, this.sourceTags).passages);
  }

  tagSentences: Trainable["tagSentences"] = (sentences, options) =>
    this.tagger.tagSentences(sentences, options);
}

/** Cross-entropy of the target's words, and a share of that of the source's. */
function jointLoss(scope: Scope, config: TaggerConfig, sourceTags: number) {
  const { r, scores } = wordScores(scope, config);
  const golds = (name: string) => scope.graph.input(name, "i32", ["words"]);
  const dropped = headDropout(scope, config.encoder, r);
  const sourceScores = linear(scope, dropped, { name: head, group: "head", width: sourceTags });
  const sourceLoss = crossEntropy(sourceScores, golds("sourceGold"));
  return add(crossEntropy(scores, golds("gold")), scale(sourceLoss, fill(scope.graph, [1], weight)));
}
