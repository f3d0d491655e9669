import { trainingBatches } from "../data/batching.js";
import { swapContext, swapMentions, type ContextPool, type MentionPool } from "../data/interventions.js";
import { Random } from "../data/random.js";
import { textOf, type Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { cutSentence, cutSentences, type Passage } from "../model/passages.js";
import type { Causes } from "./causes.js";
import type { TrainingOptions } from "./options.js";
import type { Trainable } from "./trainable.js";

/** What interventions draw from. */
export interface Pools {
  mentions: MentionPool;
  contexts: ContextPool;
  /** Validated causes of sentences, where there are any. */
  causes?: Causes;
}

/** Where a batch stands in a run: everything random about it follows from this. */
export interface BatchPlace {
  epoch: number;
  batch: number;
}

/** The batches of a run. They depend on data, options and place alone, so a resumed run meets the same. */
export class Batches {
  private constructor(
    private readonly model: Trainable,
    private readonly sentences: readonly Sentence[],
    readonly passages: readonly Passage[],
    private readonly pools: Pools,
    private readonly options: TrainingOptions,
  ) {}

  static async of(
    model: Trainable,
    sentences: readonly Sentence[],
    pools: Pools,
    options: TrainingOptions,
  ): Promise<Batches> {
    const cuts = await cutSentences(sentences, model, model.tagSet);
    const passages = cuts.flatMap((cut) => cut.passages);
    const { causes } = pools;
    const known = causes ? passages.map((passage) => withCauses(passage, sentences[passage.sentence]!, causes)) : passages; // prettier-ignore
    return new Batches(model, sentences, known, pools, options);
  }

  /** Updates of the whole run. */
  get steps(): number {
    return this.#stepsOf(this.options.epochs);
  }

  /** Throws FILE_INVALID when a checkpoint is of a moment that this run does not come by. */
  requireMoment({ epoch, batch, step }: BatchPlace & { step: number }): void {
    const { epochs, accumulate } = this.options;
    const isInside = epoch <= epochs && this.#stepsOf(epoch) + batch / accumulate === step;
    if (isInside && (batch === 0 || batch < this.ofEpoch(epoch).length)) return;
    throw new CdlmError("FILE_INVALID", "the checkpoint is of no moment of this run", {
      expected: `a step within ${epochs} epochs`,
      received: `step ${step} at batch ${batch} of epoch ${epoch}`,
      hint: "Start anew without --resume",
    });
  }

  #stepsOf(epochs: number): number {
    let steps = 0;
    for (let epoch = 0; epoch < epochs; epoch++)
      steps += Math.ceil(this.ofEpoch(epoch).length / this.options.accumulate);
    return steps;
  }

  /** Indices of the passages of every batch of an epoch. */
  ofEpoch(epoch: number): number[][] {
    const { seed, batchPieces, batchSentences } = this.options;
    const size = batchPieces === undefined ? { sentences: batchSentences } : { pieces: batchPieces };
    return trainingBatches(this.passages.map(({ pieces }) => pieces), size, { seed, epoch }); // prettier-ignore
  }

  /** The passages of a batch, after the objective's interventions (METHOD 5.1). */
  passagesOf(indices: readonly number[], { epoch, batch }: BatchPlace): Passage[] {
    const chosen = indices.map((index) => this.passages[index]!);
    const { interventions, consistency } = this.options.objective;
    const { sentences, contexts, placement } = interventions;
    if (sentences === 0 && contexts === 0 && !consistency) return chosen;
    const random = Random.of(this.options.seed, "interventions", epoch, batch);
    const changed = chosen.map((passage) => this.#changed(passage, random));
    const after = changed.map((passage, k) => passage ?? chosen[k]!);
    if (consistency) return [...chosen, ...after];
    if (placement === "replace") return after;
    return [...chosen, ...changed.filter((passage) => passage !== undefined)];
  }

  /** Undefined where nothing changed, or what came would not fit the encoder. A window of a long sentence stays as it is. */
  #changed(passage: Passage, random: Random): Passage | undefined {
    const { interventions } = this.options.objective;
    const draw = random.next();
    const sentence = this.sentences[passage.sentence]!;
    if (passage.words.length !== sentence.words.length) return undefined;
    if (draw >= interventions.contexts + interventions.sentences) return undefined;
    const { mentions, contexts } = this.pools;
    const after =
      draw < interventions.contexts
        ? swapContext(sentence, contexts, random)
        : swapMentions(sentence, mentions, interventions.mentions, random);
    return after === sentence ? undefined : this.#recut(passage, after);
  }

  #recut({ sentence: index }: Passage, sentence: Sentence): Passage | undefined {
    const { passages } = cutSentence(index, sentence, this.model, this.model.tagSet);
    return passages.length === 1 ? passages[0] : undefined;
  }
}

/** Causes count in the words that a window keeps. */
function withCauses(passage: Passage, sentence: Sentence, causes: Causes): Passage {
  const { start, end } = passage.window;
  const known = (causes.get(textOf(sentence)) ?? []).filter(({ word }) => word >= start && word < end);
  return { ...passage, causes: known.map(({ word, type }) => ({ word: word - start, type })) };
}
