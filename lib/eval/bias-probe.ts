import {
  contextPool,
  inContext,
  mentionKey,
  mentionPool,
  swapMentions,
  type Place,
} from "../data/interventions.js";
import { Random } from "../data/random.js";
import type { Sentence } from "../data/sentence.js";
import { spansOf, type Span } from "../text/spans.js";
import type { SpanCounts } from "./span-scores.js";

/** Sentences with every mention exchanged for an unseen one of its type. */
export interface UnseenMentions {
  sentences: Sentence[];
  /** Mentions in all, and those whose type has an unseen one: the others stay as they are. */
  mentions: number;
  replaced: number;
}

/**
 * do(E = e) for every mention (METHOD 8): its place keeps its context and gets a mention of its type that training has not
 * seen, drawn from the pool.
 * @param train whose mentions are left out, by their words in lower case
 */
export function withUnseenMentions(
  sentences: readonly Sentence[],
  { train, pool, seed }: { train: readonly Sentence[]; pool: readonly Sentence[]; seed: number },
): UnseenMentions {
  const seen = new Set([...mentionPool(train).values()].flat().map(mentionKey));
  const unseen = mentionPool(pool, seen);
  const random = Random.of(seed, "unseen mentions");
  const types = sentences.flatMap(({ tags }) => spansOf(tags).map(({ type }) => type));
  return {
    sentences: sentences.map((sentence) => swapMentions(sentence, unseen, 1, random)),
    mentions: types.length,
    replaced: types.filter((type) => unseen.has(type)).length,
  };
}

/** A mention in its own sentence and in another one. */
export interface MovedMention {
  /** Index of its own sentence. */
  sentence: number;
  span: Span;
  /** Another of the sentences, with the mention in the place of one of its type, and where. */
  moved: Sentence;
  movedSpan: Span;
}

/**
 * do(C = c) (METHOD 8): one mention of each sentence goes into the place of a mention of its type in another of the
 * sentences. A sentence without a mention, or whose types occur nowhere else, has none.
 */
export function inOtherContexts(sentences: readonly Sentence[], seed: number): MovedMention[] {
  const pool = contextPool(sentences);
  const random = Random.of(seed, "other contexts");
  return sentences.flatMap((sentence, index) => {
    const isElsewhere = (place: Place) => place.sentence !== sentence;
    const movable = spansOf(sentence.tags).filter(({ type }) => pool.get(type)!.some(isElsewhere));
    if (movable.length === 0) return [];
    const span = random.choice(movable);
    const place = random.choice(pool.get(span.type)!.filter(isElsewhere));
    const words = sentence.words.slice(span.start, span.end);
    const movedSpan = { ...span, start: place.span.start, end: place.span.start + words.length };
    return [{ sentence: index, span, moved: inContext(place, words), movedSpan }];
  });
}

/** Counts of one mention alone: what was found that shares words with it. */
export function countsAt(span: Span, tags: readonly string[]): SpanCounts {
  const found = spansOf(tags).filter(({ start, end }) => start < span.end && end > span.start);
  const right = found.filter(({ start, end, type }) => start === span.start && end === span.end && type === span.type); // prettier-ignore
  return { gold: 1, predicted: found.length, correct: right.length };
}
