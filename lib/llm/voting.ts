import { listed, type Case } from "./case.js";
import type { Opinion } from "./causal-document.js";
import { scoreOf } from "./distribution.js";
import type { Pair } from "./acyclic.js";
import type { Prompt } from "./language-model.js";
import {
  criteria,
  criterionNames,
  questionLines,
  templates,
  type Criterion,
  type Expert,
} from "./prompts.js";
import { fill, fillLines, quoted } from "./template.js";

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
 * Every expert's opinion of an edge, from the probabilities of the scores: nothing is generated. Experts and scales come
 * first in the prompts, then the text, then the claim; a question only names the expert and the criterion. So what
 * questions share is evaluated once, and each of them is a handful of tokens.
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
      const prompt = votersPrompt(subject, edge, experts, others);
      const scored = criterionNames.map((criterion) => score(subject, prompt, expert, criterion));
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

/** What stands before the questions of a vote: experts, scales, the text, the claim, what the others have said. */
export function votersPrompt(
  { document, domain, labels }: Pick<Case, "document" | "domain" | "labels">,
  { cause, effect }: Pair,
  experts: readonly Expert[],
  others: readonly Reason[],
): Prompt {
  const introductions = experts.map((expert) => introduction(expert, domain));
  const said = others.map(({ expert, reason }) => `${expert}: ${quoted(reason)}`).join("; ");
  return fill(templates.voting, {
    domain,
    experts: introductions.map(({ expert, persona }) => `${expert}: ${persona}`).join("\n"),
    scales: criterionNames.map((criterion) => scaleOf(criterion, domain)).join("\n"),
    labels: listed(labels),
    text: quoted(document.text),
    cause: quoted(cause),
    effect: quoted(effect),
    opinions: others.length === 0 ? "" : fillLines(questionLines.opinions, { others: said }),
  });
}

function scaleOf(criterion: Criterion, domain: string): string {
  const { question, levels } = criteria[criterion];
  const meanings = levels.map((level, index) => `${index + 1} ${level}`).join(", ");
  return `${criterion}: ${fillLines([question], { domain })} ${meanings}`;
}

async function score({ model, signal }: Case, prompt: Prompt, expert: Expert, criterion: Criterion) {
  const { levels } = criteria[criterion];
  const text = `${expert.name}: ${criterion}`;
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
