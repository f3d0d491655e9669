import type { Dataset } from "./data/dataset.js";
import type { Sentence } from "./data/sentence.js";
import { CdlmError } from "./errors.js";
import { countsAt, inOtherContexts, withUnseenMentions } from "./eval/bias-probe.js";
import { pairedBootstrap } from "./eval/significance.js";
import { sentenceCounts, type SpanCounts, type TaggedSentences } from "./eval/span-scores.js";
import type { RecognizeOptions, Recognizer } from "./recognizer.js";

/** What the probe draws from. */
export interface BiasSources {
  /** Its mentions have been seen. */
  train: readonly Sentence[];
  /** Its other mentions are unseen. */
  pool: readonly Sentence[];
  /** Of all draws; default 1. */
  seed?: number;
}

export interface BiasScore {
  /** Micro-F1 in percent, as the sentences are and under the intervention. */
  before: number;
  after: number;
  /** `before − after`, in points, with its 95 % interval by a paired bootstrap over sentences. */
  drop: number;
  interval: [low: number, high: number];
  /** Mentions that are counted, and those of them that the intervention reached. */
  mentions: number;
  replaced: number;
}

/** What a recogniser loses where it can go by the context alone, and where it can go by the mention alone (METHOD 8). */
export interface BiasScores {
  seed: number;
  /** Every mention exchanged for an unseen one of its type: F1 over all mentions. */
  unseenMentions: BiasScore;
  /** One mention of each sentence moved into another sentence: F1 over the mentions that are moved. */
  otherContexts: BiasScore;
}

type Tag = (sentences: readonly Sentence[]) => Promise<TaggedSentences>;

/** How a recogniser tags other sentences. */
export const taggingBy =
  (recognizer: Recognizer, options: RecognizeOptions): Tag =>
  async (sentences) =>
    (await recognizer.tagWords(sentences.map(({ words }) => words), options)).map(({ tags }) => tags); // prettier-ignore

/** A data set's training data and dev, as the sources of its probe. */
export function sourcesOf({ train, dev, directory }: Dataset): BiasSources {
  if (dev) return { train, pool: dev };
  throw new CdlmError("DATA_EMPTY", "the bias probe draws unseen mentions from dev, and there is none", {
    file: directory,
    expected: "dev.txt or dev.jsonl",
  });
}

/** Counts by sentence, or by mention that was moved. */
export interface BiasCounts {
  /** As the sentences are. */
  own: SpanCounts[];
  /** Under the intervention; the gold mentions are as many. */
  probed: SpanCounts[];
  mentions: number;
  replaced: number;
}

/**
 * Probes a recogniser, given by what it finds in the sentences as they are (`predicted`) and how it tags others.
 * @throws CdlmError DATA_EMPTY where no mention is unseen, or none can be moved
 */
export async function biasOf(
  sentences: readonly Sentence[],
  predicted: TaggedSentences,
  sources: BiasSources,
  tag: Tag,
): Promise<BiasScores> {
  const { unseenMentions, otherContexts } = await biasCounts(sentences, predicted, sources, tag);
  return {
    seed: sources.seed ?? 1,
    unseenMentions: scored(unseenMentions),
    otherContexts: scored(otherContexts),
  };
}

/** The same as counts, for comparisons of several recognisers. */
export async function biasCounts(
  sentences: readonly Sentence[],
  predicted: TaggedSentences,
  { train, pool, seed = 1 }: BiasSources,
  tag: Tag,
): Promise<Record<"unseenMentions" | "otherContexts", BiasCounts>> {
  const unseen = withUnseenMentions(sentences, { train, pool, seed });
  if (unseen.replaced === 0) throw nothing("no mention of the pool is unseen and of a type of the test data");
  const moved = inOtherContexts(sentences, seed);
  if (moved.length === 0) throw nothing("no mention can be moved into another sentence");
  const tagged = await tag([...unseen.sentences, ...moved.map((mention) => mention.moved)]);
  const [swapped, placed] = [tagged.slice(0, sentences.length), tagged.slice(sentences.length)];
  const gold = (some: readonly Sentence[]) => some.map(({ tags }) => tags);
  return {
    unseenMentions: {
      own: sentenceCounts(gold(sentences), predicted),
      probed: sentenceCounts(gold(unseen.sentences), swapped),
      mentions: unseen.mentions,
      replaced: unseen.replaced,
    },
    otherContexts: {
      own: moved.map(({ sentence, span }) => countsAt(span, predicted[sentence]!)),
      probed: moved.map(({ movedSpan }, k) => countsAt(movedSpan, placed[k]!)),
      mentions: moved.length,
      replaced: moved.length,
    },
  };
}

function scored({ own, probed, mentions, replaced }: BiasCounts): BiasScore {
  const { first: before, second: after, difference: drop, interval } = pairedBootstrap([own], [probed]);
  return { before, after, drop, interval, mentions, replaced };
}

const nothing = (why: string): CdlmError => new CdlmError("DATA_EMPTY", `nothing to probe bias with: ${why}`);
