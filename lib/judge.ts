import { offsetsOf, textOf, type WordOffsets } from "./data/sentence.js";
import { inOrder } from "./llm/in-order.js";
import { judgeEntities, type JudgeRequest, type JudgingOptions, type Opinion } from "./llm/judging.js";
import type { Mention } from "./model/mentions.js";
import type { TaggedSentence } from "./recognizer.js";
import { tagsOf } from "./text/spans.js";

/** What a language model had to say about a mention, where one was asked. */
export interface Verdict {
  /** Who was surer of the type. */
  decidedBy: "recogniser" | "llm";
  /** The language model's answer; absent where it was not asked. */
  llm?: Opinion;
  /** What the recogniser had said, where the language model decided otherwise. */
  recogniser?: { type: string; confidence: number };
}

export interface JudgeOptions extends JudgingOptions {
  llm: JudgeRequest["llm"];
}

type JudgeMentionsRequest = JudgeOptions & { types: readonly string[]; signal?: AbortSignal | undefined };

/** Puts the unsure mentions of tagged sentences to a language model and changes what it decides (METHOD 6.5). */
export async function judgeMentions(
  sentences: readonly (readonly string[])[],
  tagged: readonly TaggedSentence[],
  request: JudgeMentionsRequest,
): Promise<TaggedSentence[]> {
  const work = (sentence: TaggedSentence, signal: AbortSignal, k: number) =>
    judgeSentence(sentences[k]!, sentence, { ...request, signal });
  const judged: TaggedSentence[] = [];
  for await (const sentence of inOrder(tagged, request.llm.parallel, work, request.signal)) judged.push(sentence); // prettier-ignore
  return judged;
}

async function judgeSentence(
  words: readonly string[],
  sentence: TaggedSentence,
  request: JudgeMentionsRequest,
): Promise<TaggedSentence> {
  const [text, offsets] = [textOf({ words }), offsetsOf({ words })];
  const entities = sentence.mentions.map((mention) => ({ ...placeOf(mention, text, offsets), mention }));
  const judgement = await judgeEntities({ text, entities }, request);
  const mentions = judgement.entities.map(({ mention, type, confidence, decidedBy, llm, recogniser }) => ({
    ...mention,
    type,
    confidence,
    decidedBy,
    ...(llm ? { llm } : {}),
    ...(recogniser ? { recogniser } : {}),
  }));
  const dropped = judgement.dropped.length;
  const notes = dropped > 0 ? [`${dropped} unsure mentions were dropped by ${request.llm.name}`] : [];
  return {
    ...sentence,
    mentions,
    tags: tagsOf(mentions, words.length),
    warnings: [...sentence.warnings, ...notes],
  };
}

/** The mention in the text of its sentence. */
function placeOf(
  { start: first, end: after, type, confidence }: Mention,
  text: string,
  offsets: readonly WordOffsets[],
) {
  const [start, end] = [offsets[first]![0], offsets[after - 1]![1]];
  return { start, end, text: text.slice(start, end), type, confidence };
}
