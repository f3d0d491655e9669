import type { Case } from "./case.js";
import type { Opinion } from "./causal-document.js";
import { scoreOf } from "./distribution.js";
import type { Pair } from "./acyclic.js";
import type { Prompt } from "./language-model.js";
import { criteria, criterionNames, questionLines, type Criterion, type Expert } from "./prompts.js";
import { fillLines, quoted } from "./template.js";

export type Verdict = "accepted" | "rejected" | "conflict";

/** Bounds of the mean score, 1 … 5. */
export const acceptFrom = 3.5;
export const rejectBelow = 2.5;
/** An expert who gives the worst score a higher probability than this stops an acceptance. */
export const vetoAbove = 0.5;

/** A reason that an expert gave for his vote. */
export interface Reason {
  expert: string;
  reason: string;
}

/**
 * Every expert's opinion of an edge, from the probabilities of the scores: nothing is generated. The text comes first in
 * the prompts, then the claim, then the expert, so that what questions share is evaluated once.
 * @param reasons of earlier votes; each expert is told those of the others
 */
export async function vote(
  subject: Case,
  edge: Pair,
  experts: readonly Expert[],
  reasons: readonly Reason[] = [],
): Promise<Opinion[]> {
  return Promise.all(
    experts.map(async (expert) => {
      const others = reasons.filter(({ expert: name, reason }) => name !== expert.name && reason !== "");
      const prompt = votersPrompt(subject, edge, expert, others);
      const scored = criterionNames.map((criterion) => score(subject, prompt, criterion));
      return opinionOf(expert.name, await Promise.all(scored));
    }),
  );
}

/** What the votes say about an edge. */
export function verdictOf(votes: readonly Opinion[]): { score: number; verdict: Verdict } {
  const score = meanOf(votes.map((opinion) => opinion.score));
  if (score < rejectBelow) return { score, verdict: "rejected" };
  const vetoed = votes.some(({ worst }) => worst > vetoAbove);
  return { score, verdict: score >= acceptFrom && !vetoed ? "accepted" : "conflict" };
}

/** Whether more experts are for an edge than against it; a tie accepts nothing. */
export function majorityAccepts(votes: readonly Opinion[]): boolean {
  const neutral = 3;
  const pros = votes.filter((opinion) => opinion.score > neutral).length;
  const cons = votes.filter((opinion) => opinion.score < neutral).length;
  return pros > cons;
}

/** How an expert is introduced to the model. */
export function introduction(expert: Expert, domain: string): { expert: string; persona: string } {
  return { expert: expert.name, persona: fillLines([expert.persona], { domain }) };
}

/** What an expert is told before the questions of a vote: the text, the claim, who he is, what the others have said. */
export function votersPrompt(
  { material, domain }: Pick<Case, "material" | "domain">,
  { cause, effect }: Pair,
  expert: Expert,
  others: readonly Reason[],
): Prompt {
  const said = others.map(({ expert: name, reason }) => `${name}: ${quoted(reason)}`).join("; ");
  const vote = fillLines(questionLines.vote, {
    ...introduction(expert, domain),
    cause: quoted(cause),
    effect: quoted(effect),
    opinions: others.length === 0 ? "" : fillLines(questionLines.opinions, { others: said }),
  });
  return { system: material.system, user: `${material.user}\n\n${vote}` };
}

async function score({ model, domain, signal }: Case, prompt: Prompt, criterion: Criterion) {
  const { question, levels } = criteria[criterion];
  const text = fillLines([question], { domain });
  const { probabilities } = await model.decide(prompt, { kind: "score", text, levels }, { signal });
  return { criterion, worst: probabilities[0]!, ...scoreOf(probabilities) };
}

function opinionOf(expert: string, scores: readonly Awaited<ReturnType<typeof score>>[]): Opinion {
  return {
    expert,
    score: meanOf(scores.map(({ mean }) => mean)),
    spread: meanOf(scores.map(({ spread }) => spread)),
    worst: meanOf(scores.map(({ worst }) => worst)),
    criteria: Object.fromEntries(scores.map(({ criterion, mean }) => [criterion, mean])),
  };
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
