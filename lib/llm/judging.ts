import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import { listed } from "./case.js";
import { likeliest } from "./distribution.js";
import type { LanguageModel, Prompt } from "./language-model.js";
import { questionLines, templates } from "./prompts.js";
import { fill, fillLines, quoted } from "./template.js";

export const judgingOptionsSchema = z.strictObject({
  /** Entities that are less sure than this are put to the language model, 0 … 1; 0 asks nothing. */
  threshold: z.number().min(0).max(1).default(0.6),
  /** Most questions about one document. */
  budget: z.int().min(0).max(10_000).default(20),
  /** What the texts are about, for the prompts. */
  domain: z.string().min(1).default("general knowledge"),
});
export type JudgingOptions = z.input<typeof judgingOptionsSchema>;

/** What is judged: a mention of a text, UTF-16 units [start, end), and how sure its recogniser is of its type. */
export interface Judgeable {
  start: number;
  end: number;
  text: string;
  type: string;
  confidence: number;
}

/** The language model's word on an entity. */
export interface Opinion {
  /** null: it is no entity. */
  type: string | null;
  /** 0 … 1 */
  probability: number;
}

export type Judged<E extends Judgeable> = E & {
  /** Who was surer of the type, where the language model was asked. */
  decidedBy: "recogniser" | "llm";
  /** Absent: it was not asked. */
  llm?: Opinion;
  /** What the recogniser had said, where the language model decided otherwise. */
  recogniser?: { type: string; confidence: number };
};

export interface Judgement<E extends Judgeable> {
  /** In the order of their places, without those that the language model took for none. */
  entities: Judged<E>[];
  /** Those that it took for none. */
  dropped: Judged<E>[];
  /** Questions that were asked, at most the budget. */
  questions: number;
}

/** Longest list of one question: of longer ones pages are asked, and then their winners. */
const choicesPerQuestion = 12;
const none = "no entity of these types";
const contextCharacters = 30;

/**
 * Puts the entities of a text that are less sure than the threshold to a language model, the least sure first, as closed
 * questions over the types, decided from probabilities (METHOD 6.5). Who is surer decides. An entity whose questions
 * would exceed the budget keeps its type.
 * @throws CdlmError INVALID_OPTION; whatever the model throws
 */
export async function judgeEntities<E extends Judgeable>(
  document: { text: string; entities: readonly E[] },
  { llm, types, signal, ...given }: JudgingOptions & JudgeRequest,
): Promise<Judgement<E>> {
  const { threshold, budget, domain } = parseOptions(judgingOptionsSchema, given, "judging");
  if (types.length === 0) throw new CdlmError("INVALID_OPTION", "there is no type to choose from");
  const cost = questionsOf(types.length);
  const unsure = document.entities.filter(({ confidence }) => confidence < threshold);
  const asked = [...unsure].sort((a, b) => a.confidence - b.confidence).slice(0, Math.floor(budget / cost));
  const prompt = fill(templates.judging, { domain, text: quoted(document.text), labels: listed(types) });
  const opinions = new Map<E, Opinion>();
  await Promise.all(
    asked.map(async (entity) => {
      const text = questionOf(document.text, entity);
      opinions.set(entity, await decide(llm, prompt, text, types, signal));
    }),
  );
  const judged = document.entities.map((entity) => settled(entity, opinions.get(entity)));
  return {
    entities: judged.filter(({ lost }) => !lost).map(({ entity }) => entity),
    dropped: judged.filter(({ lost }) => lost).map(({ entity }) => entity),
    questions: cost * asked.length,
  };
}

export interface JudgeRequest {
  llm: LanguageModel;
  types: readonly string[];
  signal?: AbortSignal | undefined;
}

/** Questions that one entity costs. */
export function questionsOf(types: number): number {
  const pages = Math.ceil(types / choicesPerQuestion);
  return pages === 1 ? 1 : pages + 1;
}

function questionOf(text: string, { start, end }: Judgeable): string {
  return fillLines(questionLines.judge, {
    mention: quoted(text.slice(start, end)),
    before: quoted(text.slice(Math.max(0, start - contextCharacters), start)),
    after: quoted(text.slice(end, end + contextCharacters)),
  });
}

/** The winner among the types and none; of many types among the winners of their pages, or none where no page has one. */
async function decide(
  llm: LanguageModel,
  prompt: Prompt,
  text: string,
  types: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Opinion> {
  const choose = async (candidates: readonly string[]): Promise<Opinion> => {
    const choices = [...candidates, none];
    const { probabilities } = await llm.decide(prompt, { kind: "choice", text, choices }, { signal });
    const best = likeliest(probabilities);
    return { type: candidates[best] ?? null, probability: probabilities[best]! };
  };
  if (types.length <= choicesPerQuestion) return choose(types);
  const pages = Array.from({ length: Math.ceil(types.length / choicesPerQuestion) }, (_, page) =>
    types.slice(page * choicesPerQuestion, (page + 1) * choicesPerQuestion),
  );
  const winners = await Promise.all(pages.map(choose));
  const candidates = winners.flatMap(({ type }) => type ?? []);
  if (candidates.length > 0) return choose(candidates);
  return { type: null, probability: Math.min(...winners.map(({ probability }) => probability)) };
}

/** The surer of both decides. */
function settled<E extends Judgeable>(
  entity: E,
  llm: Opinion | undefined,
): { entity: Judged<E>; lost: boolean } {
  if (!llm) return { entity: { ...entity, decidedBy: "recogniser" }, lost: false };
  const { type, confidence } = entity;
  if (llm.probability < confidence)
    return { entity: { ...entity, decidedBy: "recogniser", llm }, lost: false };
  if (llm.type === type) {
    const surer = { ...entity, confidence: llm.probability, decidedBy: "llm" as const, llm };
    return { entity: surer, lost: false };
  }
  const decided = { ...entity, decidedBy: "llm" as const, llm, recogniser: { type, confidence } };
  if (llm.type === null) return { entity: decided, lost: true };
  return { entity: { ...decided, type: llm.type, confidence: llm.probability }, lost: false };
}
