import type { CalibrationMethod } from "./eval/calibration.js";
import type { Effect, MentionEffects } from "./model/mention-effects.js";
import type { Mention } from "./model/mentions.js";
import type { Passage } from "./model/passages.js";
import type { TaggerModel } from "./model/tagger-model.js";
import type { RecognizeOptions, Recognizer } from "./recognizer.js";
import { entitiesOf, type Entity } from "./text/entities.js";
import { splitWords, type Word } from "./text/word-split.js";

export type { Effect } from "./model/mention-effects.js";

/** A word of the context, and what it does for an entity. Offsets are UTF-16 units. */
export interface ContextWord extends Effect {
  start: number;
  end: number;
  text: string;
}

export interface ExplainedEntity extends Entity {
  /** Of the mention itself: how the answer changes when the mention becomes unknown and its context stays. */
  mention: Effect;
  /** What the model would have found in its place had the mention been unknown; null: nothing. */
  answerWithout: Entity | null;
  /** Each other word that was read together with the entity, in order. */
  context: ContextWord[];
}

export interface Explanation {
  text: string;
  /** How confidences were fitted; null: they are not calibrated. */
  calibration: CalibrationMethod | null;
  entities: ExplainedEntity[];
  /** More than 1: the text was read in overlapping windows, and words outside an entity's window have no effect on it. */
  windows: number;
  warnings: string[];
}

/**
 * Explains the entities of a text by counterfactuals (METHOD 5): the mention made unknown, and each word of the context
 * made unknown, one at a time; all in one batched run per window.
 * @throws CdlmError; the signal's reason when aborted
 *
 * @example
 * for (const { text, type, mention, context } of (await explain(ner, "Nina Simone sang in Paris.")).entities)
 *   console.log(text, type, mention.effect, context.filter(({ effect }) => Math.abs(effect) > 1));
 */
export async function explain(
  { model, calibration }: Recognizer,
  text: string,
  { signal, onProgress }: RecognizeOptions = {},
): Promise<Explanation> {
  const { cutSentences } = await import("./model/passages.js");
  const { joinCuts, tagPassages } = await import("./model/tagging.js");
  const words = splitWords(text);
  const sentence = { words: words.map((word) => word.text) };
  const cuts = await cutSentences([sentence], model);
  const { passages } = cuts[0]!;
  const [joined] = joinCuts(model, cuts, await tagPassages(model, passages, { signal }));
  const [mentions] = await model.mentionsOf([joined!], signal);
  const homes = passages.map((passage) => ({ passage, mentions: mentions!.filter(isAtHome(passage)) }));
  const effects = await effectsIn(model, homes, signal, onProgress);
  const { windows, warnings } = joined!;
  const entities = effects.map((found) => explained(text, words, found));
  return { text, calibration, entities, windows, warnings };
}

interface Home {
  passage: Passage;
  mentions: readonly Mention[];
}

interface Found extends MentionEffects {
  found: Mention;
  /** Word of the text that the passage begins with. */
  first: number;
}

/** A mention is explained in the window that decided on its first word. */
const isAtHome =
  ({ window }: Passage) =>
  ({ start }: Mention): boolean =>
    start >= window.keepStart && start < window.keepEnd;

async function effectsIn(
  model: TaggerModel,
  homes: readonly Home[],
  signal: AbortSignal | undefined,
  onProgress: RecognizeOptions["onProgress"],
): Promise<Found[]> {
  const { mentionEffects } = await import("./model/mention-effects.js");
  const busy = homes.filter(({ mentions }) => mentions.length > 0);
  const total = busy.reduce((sum, { passage }) => sum + passage.words.length, 0);
  let before = 0;
  const found: Found[] = [];
  for (const { passage, mentions } of busy) {
    const { start: first, end } = passage.window;
    const spans = mentions.map((mention) => ({ ...mention, start: mention.start - first, end: Math.min(mention.end, end) - first })); // prettier-ignore
    const words = passage.words.length;
    let variants = 0;
    const onBatch = (count: number) => onProgress?.(before + Math.min(words, (variants += count)), total);
    const effects = await mentionEffects(model, passage, spans, { signal, onBatch });
    effects.forEach((effect, k) => found.push({ ...effect, found: mentions[k]!, first }));
    before += words;
  }
  return found;
}

function explained(
  text: string,
  words: readonly Word[],
  { found, first, mention, answerWithout, context }: Found,
): ExplainedEntity {
  const moved = answerWithout && { ...answerWithout, start: answerWithout.start + first, end: answerWithout.end + first }; // prettier-ignore
  const [entity] = entitiesOf(text, words, [found]);
  return {
    ...entity!,
    mention,
    answerWithout: moved ? entitiesOf(text, words, [moved])[0]! : null,
    context: context.map(({ word, ...effect }) => {
      const { start, end, text: own } = words[first + word]!;
      return { start, end, text: own, ...effect };
    }),
  };
}
