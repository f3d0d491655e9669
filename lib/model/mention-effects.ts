import { logit } from "../eval/calibration.js";
import { spansOf, type Span } from "../text/spans.js";
import { confidenceOf, spanPosteriors, type Mention } from "./mentions.js";
import type { Passage } from "./passages.js";
import type { TaggerModel } from "./tagger-model.js";
import { predictVariants, type Unknown } from "./variants.js";

/** What some words do for a mention: how its answer differs from the one with these words unknown. */
export interface Effect {
  /** Loss of log-odds (natural) of the mention without the words: above 0 they speak for it. */
  effect: number;
  /** 0 … 1: what is left of its confidence without them. */
  confidence: number;
}

export interface MentionEffects {
  /** Of the mention's own words: Y - Ỹ, its total direct effect (METHOD 5.2). */
  mention: Effect;
  /** What is found in the mention's place where the mention is unknown. */
  answerWithout: Mention | undefined;
  /** Of each other word of the passage, by its place there. */
  context: (Effect & { word: number })[];
}

/**
 * Effects on mentions of a passage, from one run over the passage as it is, with each of its words unknown, and with each
 * whole mention unknown. Both sides of a difference are Y, also where the model predicts from Y - τ Ỹ.
 */
export async function mentionEffects(
  model: TaggerModel,
  passage: Passage,
  spans: readonly Span[],
  options: { signal?: AbortSignal | undefined; onBatch?: (variants: number) => void } = {},
): Promise<MentionEffects[]> {
  const places = passage.words.map((_, word) => word);
  const variants: Unknown[] = [[], ...places.map((word) => [word])];
  // A mention of one word is unknown in that word's variant already.
  const withoutMention = spans.map(({ start, end }) =>
    end - start === 1 ? 1 + start : variants.push(places.slice(start, end)) - 1,
  );
  const tagged = await predictVariants(model, passage, variants, options);
  const answers = withoutMention.map((variant, k) =>
    mainSpan(spansOf(Array.from(tagged[variant]!.tags, (tag) => model.tagSet.tags[tag]!)), spans[k]!),
  );
  const fields = tagged.map(({ scores }, variant) => {
    const own = answers.filter((answer, k) => answer && withoutMention[k] === variant) as Span[];
    return { scores, spans: [...spans, ...own] };
  });
  const posteriors = await spanPosteriors(model, fields, options.signal);
  return spans.map((span, k) => {
    const effectOf = (variant: number): Effect => {
      const [before, after] = [posteriors[0]![k]!, posteriors[variant]![k]!];
      return { effect: logit(before) - logit(after), confidence: confidenceOf(model, after) };
    };
    const variant = withoutMention[k]!;
    const answer = answers[k];
    const context = places.filter((word) => word < span.start || word >= span.end);
    return {
      mention: effectOf(variant),
      answerWithout: answer && mentionOf(model, answer, posteriors[variant]![fields[variant]!.spans.indexOf(answer)]!), // prettier-ignore
      context: context.map((word) => ({ word, ...effectOf(1 + word) })),
    };
  });
}

const mentionOf = (model: TaggerModel, span: Span, posterior: number): Mention => ({
  ...span,
  confidence: confidenceOf(model, posterior),
  posterior,
});

/** Of the spans that share words with a place, the one that shares most; the first of equals. */
function mainSpan(spans: readonly Span[], place: Span): Span | undefined {
  const shared = ({ start, end }: Span) => Math.min(end, place.end) - Math.max(start, place.start);
  return spans
    .filter((span) => shared(span) > 0)
    .reduce<Span | undefined>(
      (best, span) => (best && shared(best) >= shared(span) ? best : span),
      undefined,
    );
}
