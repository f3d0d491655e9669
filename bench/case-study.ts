import type { Sentence } from "../lib/data/sentence.js";
import { explain } from "../lib/explainer.js";
import type { Recognizer, TaggedSentence } from "../lib/recognizer.js";
import { table } from "../lib/report/table.js";
import { spansOf, type Span } from "../lib/text/spans.js";

/** A gold mention that the source model finds with the same borders and another type. */
interface Case extends Span {
  sentence: number;
  /** What the source model takes it for. */
  source: string;
  /** What the adapted model takes it for; undefined: it finds no mention with these borders. */
  adapted: string | undefined;
}

/** Mentions of one type that the source model takes for another one. */
export interface Confusion {
  source: string;
  gold: string;
  mentions: number;
  /** Of them, those that the adapted model gets right, in percent. */
  resolved: number;
  /** The first of them. */
  first: Case;
}

export interface StudiedConfusion extends Confusion {
  mention: string;
  text: string;
  /** What speaks for the adapted model's answer, as log-odds: the mention, and the word of the context that says most. */
  effects?: { mention: number; word: string; context: number };
}

/**
 * The cases of the paper's table 5: what one data set calls a person, another calls a politician. Confusions of at least
 * `least` mentions, the most frequent first, each with its first mention explained.
 */
export async function caseStudy(
  source: Recognizer,
  adapted: Recognizer,
  sentences: readonly Sentence[],
  { least, signal }: { least: number; signal?: AbortSignal },
): Promise<StudiedConfusion[]> {
  const words = sentences.map((sentence) => sentence.words);
  const options = signal ? { signal } : {};
  const answers = [await source.tagWords(words, options), await adapted.tagWords(words, options)] as const;
  const studied: StudiedConfusion[] = [];
  for (const confusion of confusions(sentences, answers, least)) {
    const sentence = sentences[confusion.first.sentence]!;
    studied.push({ ...confusion, ...(await explained(adapted, sentence, confusion.first, options)) });
  }
  return studied;
}

export type Answers = readonly (Pick<TaggedSentence, "tags"> & { mentions: readonly Span[] })[];

/** @param answers those of the source model and of the adapted one */
export function confusions(
  sentences: readonly Sentence[],
  answers: readonly [source: Answers, adapted: Answers],
  least: number,
): Confusion[] {
  const groups = new Map<string, Case[]>();
  for (const one of casesIn(sentences, answers)) {
    const key = `${one.source} ${one.type}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .filter(({ length }) => length >= least)
    .sort((a, b) => b.length - a.length)
    .map((cases) => {
      const [first] = cases as [Case];
      const right = cases.filter((one) => one.adapted === one.type).length;
      return { source: first.source, gold: first.type, mentions: cases.length, resolved: (100 * right) / cases.length, first }; // prettier-ignore
    });
}

function casesIn(sentences: readonly Sentence[], [source, adapted]: readonly [Answers, Answers]): Case[] {
  const typeAt = (answers: Answers, sentence: number, { start, end }: Span) =>
    answers[sentence]!.mentions.find((mention) => mention.start === start && mention.end === end)?.type;
  return sentences.flatMap(({ tags }, sentence) =>
    spansOf(tags).flatMap((span) => {
      const other = typeAt(source, sentence, span);
      if (other === undefined || other === span.type) return [];
      return [{ ...span, sentence, source: other, adapted: typeAt(adapted, sentence, span) }];
    }),
  );
}

async function explained(
  recognizer: Recognizer,
  { words }: Sentence,
  { start, end }: Case,
  options: { signal?: AbortSignal },
): Promise<Pick<StudiedConfusion, "mention" | "text" | "effects">> {
  const [text, mention] = [words.join(" "), words.slice(start, end).join(" ")];
  const at = words.slice(0, start).reduce((sum, word) => sum + word.length + 1, 0);
  const { entities } = await explain(recognizer, text, options);
  const entity = entities.find((one) => one.start === at && one.text === mention);
  if (!entity) return { mention, text };
  const [strongest] = [...entity.context].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  const effects = { mention: entity.mention.effect, word: strongest?.text ?? "", context: strongest?.effect ?? 0 }; // prettier-ignore
  return { mention, text, effects };
}

/** One line for each confusion. */
export function caseStudyText(studied: readonly StudiedConfusion[]): string {
  if (studied.length === 0) return "The source model takes no type of this data for another one so often.\n";
  const signed = (value: number) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(1);
  const rows = studied.map(({ source, gold, mentions, resolved, first, mention, effects }) => [
    `${source} → ${gold}`,
    String(mentions),
    `${resolved.toFixed(0)} %`,
    mention,
    first.adapted ?? "–",
    effects ? signed(effects.mention) : "–",
    effects ? `${effects.word} ${signed(effects.context)}` : "–",
  ]);
  const header = ["source model → gold", "mentions", "resolved", "example", "adapted model", "by the mention", "by its context"]; // prettier-ignore
  return `${table(header, rows)}\n`;
}
