import { spansOf, tagsOf, type Span } from "../text/spans.js";
import type { Random } from "./random.js";
import type { Sentence } from "./sentence.js";

/** Mentions by their type, each as its words; repeated ones as often as they occur. */
export type MentionPool = ReadonlyMap<string, readonly (readonly string[])[]>;

/** A mention's place in its sentence. */
export interface Place {
  sentence: Sentence;
  span: Span;
}

/** Places by the type of the mention that holds them. */
export type ContextPool = ReadonlyMap<string, readonly Place[]>;

/**
 * All mentions of the sentences.
 * @param except mentions that are left out, as their words joined by blanks in lower case: pools that training and a probe draw
 * from must not meet
 */
export function mentionPool(
  sentences: readonly Sentence[],
  except: ReadonlySet<string> = new Set(),
): MentionPool {
  const pool = new Map<string, string[][]>();
  for (const { words, tags } of sentences)
    for (const { start, end, type } of spansOf(tags)) {
      const mention = words.slice(start, end);
      if (except.has(mentionKey(mention))) continue;
      const mentions = pool.get(type) ?? [];
      mentions.push(mention);
      pool.set(type, mentions);
    }
  return pool;
}

export const mentionKey = (words: readonly string[]): string => words.join(" ").toLowerCase();

export function contextPool(sentences: readonly Sentence[]): ContextPool {
  const pool = new Map<string, Place[]>();
  for (const sentence of sentences)
    for (const span of spansOf(sentence.tags)) {
      const places = pool.get(span.type) ?? [];
      places.push({ sentence, span });
      pool.set(span.type, places);
    }
  return pool;
}

/**
 * The sentence with a share of its mentions exchanged for others of their type: do(E = e) with the context held (METHOD
 * 5.1); the sentence itself where none is. Types without mentions in the pool stay.
 * @param share of mentions, 0 … 1
 */
export function swapMentions(sentence: Sentence, pool: MentionPool, share: number, random: Random): Sentence {
  const exchanged = spansOf(sentence.tags).flatMap((span) => {
    const choices = pool.get(span.type) ?? [];
    return choices.length > 0 && random.next() < share ? [{ span, words: random.choice(choices) }] : [];
  });
  return exchanged.length > 0 ? replaced(sentence, exchanged) : sentence;
}

/**
 * One mention of the sentence in another context that held a mention of the same type; the sentence itself where there
 * is none.
 */
export function swapContext(sentence: Sentence, pool: ContextPool, random: Random): Sentence {
  const spans = spansOf(sentence.tags);
  if (spans.length === 0) return sentence;
  const span = random.choice(spans);
  const places = (pool.get(span.type) ?? []).filter((place) => place.sentence !== sentence);
  if (places.length === 0) return sentence;
  return inContext(random.choice(places), sentence.words.slice(span.start, span.end));
}

/** A sentence with another mention, of the same type, in one of its places. */
export const inContext = (place: Place, mention: readonly string[]): Sentence =>
  replaced(place.sentence, [{ span: place.span, words: mention }]);

/** The sentence with other words in some of its mentions. */
function replaced(
  { words, tags }: Sentence,
  mentions: readonly { span: Span; words: readonly string[] }[],
): Sentence {
  const given = new Map(mentions.map(({ span, words: own }) => [span.start, own]));
  const newWords: string[] = [];
  const newSpans: Span[] = [];
  let next = 0;
  for (const { start, end, type } of spansOf(tags)) {
    newWords.push(...words.slice(next, start));
    const own = given.get(start) ?? words.slice(start, end);
    newSpans.push({ start: newWords.length, end: newWords.length + own.length, type });
    newWords.push(...own);
    next = end;
  }
  newWords.push(...words.slice(next));
  return { words: newWords, tags: tagsOf(newSpans, newWords.length) };
}
