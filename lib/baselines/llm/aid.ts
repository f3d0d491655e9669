import { z } from "zod";
import { drawFewShot } from "../../data/few-shot.js";
import type { Sentence } from "../../data/sentence.js";
import { CdlmError } from "../../errors.js";
import { causalOptionsSchema } from "../../llm/find-causes.js";
import { judgingOptionsSchema } from "../../llm/judging.js";
import type { MeteredModel } from "../../llm/metered-model.js";
import type { SystemAnswer, SystemRequest } from "../system.js";

/** How much a language model is asked; every answer takes seconds. */
export const aidOptionsSchema = z.strictObject({
  /** Training sentences whose causes are looked for, from the first on. */
  causes: z.int().min(1),
  /** Options of that search. */
  reasoning: causalOptionsSchema.partial().default({}),
  /** Raw sentences that are labelled. */
  labels: z.int().min(1),
  /** Least F1 between labels and the own recogniser's mentions, 0 … 1. */
  agreement: z.number().min(0).max(1).default(0.5),
  /** Labelled sentences in the prompt. */
  examples: z.int().min(0).default(5),
  judging: judgingOptionsSchema.partial().default({}),
});
export type AidOptions = z.output<typeof aidOptionsSchema>;

export interface LanguageModelAid extends AidOptions {
  model: MeteredModel;
  /** What the texts are about. */
  domain: string;
}

/** @throws CdlmError INVALID_OPTION where the run has no language model */
export function aidOf({ llm }: SystemRequest): LanguageModelAid {
  if (llm) return llm;
  throw new CdlmError("INVALID_OPTION", "the system asks a language model, and the suite names none");
}

/** The sentences that a run trains on, and those that it does not. */
export function splitTrain({ data: { train }, fewShot }: SystemRequest): {
  drawn: Sentence[];
  rest: Sentence[];
} {
  if (!fewShot) return { drawn: train, rest: [] };
  const { indices, sentences } = drawFewShot(train, fewShot);
  const taken = new Set(indices);
  return { drawn: sentences, rest: train.filter((_, k) => !taken.has(k)) };
}

/** The answer with what the language model has cost this run. */
export async function withCost(aid: LanguageModelAid, answer: Promise<SystemAnswer>): Promise<SystemAnswer> {
  const before = { ...aid.model.cost };
  const { details, ...rest } = await answer;
  const { questions, inputTokens, outputTokens, seconds } = aid.model.cost;
  const llm = {
    name: aid.model.name,
    questions: questions - before.questions,
    inputTokens: inputTokens - before.inputTokens,
    outputTokens: outputTokens - before.outputTokens,
    seconds: seconds - before.seconds,
  };
  return { ...rest, details: { ...details, llm } };
}
