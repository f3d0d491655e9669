import { z } from "zod";
import type { Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import { identityOf, spansOf, tagsOf, type Span } from "../text/spans.js";
import { ask } from "./ask.js";
import { listed } from "./case.js";
import { inOrder } from "./in-order.js";
import type { LanguageModel } from "./language-model.js";
import { templates } from "./prompts.js";
import { fill, quoted } from "./template.js";
import { unspaced } from "./unspaced.js";

export const labellingOptionsSchema = z.strictObject({
  /** What the texts are about, for the prompt. */
  domain: z.string().min(1).default("general knowledge"),
  /** Most entities of one sentence. */
  maxEntities: z.int().min(1).max(200).default(30),
});

export interface LabelRequest extends z.input<typeof labellingOptionsSchema> {
  llm: LanguageModel;
  types: readonly string[];
  /** Labelled sentences that stand in the prompt. */
  examples: readonly Sentence[];
  signal?: AbortSignal | undefined;
}

/** A sentence as a language model labelled it. */
export interface Labelled {
  /** Without entities where no answer was valid. */
  sentence: Sentence;
  answered: boolean;
  /** Entities that it named and that are not in the text, or overlap others. */
  outside: number;
  /** Answers that were no valid JSON of the wanted form. */
  invalidAnswers: number;
}

const tokensPerEntity = 40;

/**
 * Labels sentences with a language model that sees labelled ones in its context (METHOD 6.5, in-context learning). Only
 * words of the sentence become entities: what the model names beside them is counted and dropped. In the order of the
 * sentences.
 * @throws CdlmError INVALID_OPTION; whatever the model throws
 */
export async function* labelSentences(
  sentences: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  { llm, types, examples, signal, ...given }: LabelRequest,
): AsyncGenerator<Labelled> {
  const { domain, maxEntities } = parseOptions(labellingOptionsSchema, given, "labelling");
  if (types.length === 0) throw new CdlmError("INVALID_OPTION", "there is no type to label with");
  const entity = z.object({ text: z.string(), type: z.enum(types as [string, ...string[]]) });
  const grammar = z.object({ entities: z.array(entity).max(maxEntities) });
  const shown = examples.length === 0 ? "" : `Solved examples:\n${examples.map(exampleText).join("\n")}`;
  const label = async (words: readonly string[], stop: AbortSignal): Promise<Labelled> => {
    const text = words.join(" ");
    const prompt = fill(templates.labelling, { domain, labels: listed(types), examples: shown, text: quoted(text) }); // prettier-ignore
    const maxTokens = tokensPerEntity * maxEntities;
    const { value, problems } = await ask(llm, { prompt, grammar, answer: grammar, maxTokens, signal: stop });
    const named = value?.entities ?? [];
    const spans = spansOfNames(words, named);
    const sentence = { words, tags: tagsOf(spans, words.length) };
    return {
      sentence,
      answered: value !== undefined,
      outside: named.length - spans.length,
      invalidAnswers: problems.length,
    };
  };
  yield* inOrder(sentences, llm.parallel, label, signal);
}

function exampleText({ words, tags }: Sentence): string {
  const entities = spansOf(tags).map(({ start, end, type }) => ({ text: words.slice(start, end).join(" "), type })); // prettier-ignore
  return `Text: ${quoted(words.join(" "))}\nAnswer: ${JSON.stringify({ entities })}`;
}

/** The words that carry each name: its first place that no other entity has, searched from left to right. */
function spansOfNames(words: readonly string[], named: readonly { text: string; type: string }[]): Span[] {
  const spans: Span[] = [];
  const taken = new Set<number>();
  for (const { text, type } of named) {
    const name = unspaced(text);
    const place = words
      .map((_, start) => ({ start, end: endOfName(words, start, name) }))
      .find(({ start, end }) => end > start && !isTaken(taken, start, end));
    if (!place) continue;
    for (let word = place.start; word < place.end; word++) taken.add(word);
    spans.push({ ...place, type });
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** Behind the last of the words that make up a name without its white space; `start` where they do not. */
function endOfName(words: readonly string[], start: number, name: string): number {
  let read = "";
  let end = start;
  while (end < words.length && read.length < name.length) read += words[end++]!;
  return read === name ? end : start;
}

function isTaken(taken: ReadonlySet<number>, start: number, end: number): boolean {
  for (let word = start; word < end; word++) if (taken.has(word)) return true;
  return false;
}

/** How far two taggings of a sentence agree: F1 of their mentions, 0 … 1; two without any agree. */
export function agreementOf(one: readonly string[], other: readonly string[]): number {
  const [a, b] = [one, other].map((tags) => spansOf(tags).map(identityOf)); // prettier-ignore
  const common = a!.filter((span) => b!.includes(span)).length;
  return a!.length + b!.length === 0 ? 1 : (2 * common) / (a!.length + b!.length);
}
