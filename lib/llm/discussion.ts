import { z } from "zod";
import type { Pair } from "./acyclic.js";
import { ask } from "./ask.js";
import type { Case } from "./case.js";
import type { DiscussionRound, Opinion } from "./causal-document.js";
import { questionLines, type Expert } from "./prompts.js";
import { fillLines, quoted } from "./template.js";
import { introduction, majorityAccepts, verdictOf, vote, type Reason } from "./voting.js";

export interface Outcome {
  votes: Opinion[];
  score: number;
  verdict: "accepted" | "rejected";
  decidedBy: "vote" | "discussion" | "majority";
  transcript: DiscussionRound[];
}

export interface DiscussionOptions {
  experts: readonly Expert[];
  /** R: most rounds of discussion. */
  rounds: number;
}

/**
 * Votes on an edge and, where the experts are in conflict, lets them give reasons and vote again, knowing the reasons
 * of the others, until they agree or the rounds are over; then the majority decides.
 */
export async function settle(subject: Case, edge: Pair, options: DiscussionOptions): Promise<Outcome> {
  const { experts, rounds } = options;
  const transcript: DiscussionRound[] = [];
  let votes = await vote(subject, edge, experts);
  let { score, verdict } = verdictOf(votes);
  for (let round = 1; verdict === "conflict" && round <= rounds; round++) {
    const reasons = await Promise.all(experts.map((expert, k) => explain(subject, edge, expert, votes[k]!)));
    votes = await vote(subject, edge, experts, reasons);
    ({ score, verdict } = verdictOf(votes));
    transcript.push({ round, reasons, votes, score, verdict });
  }
  if (verdict !== "conflict")
    return { votes, score, verdict, decidedBy: transcript.length > 0 ? "discussion" : "vote", transcript };
  const decided = majorityAccepts(votes) ? "accepted" : "rejected";
  return { votes, score, verdict: decided, decidedBy: "majority", transcript };
}

const longestReason = 160; // characters
const reasonSchema = z.object({ reason: z.string().max(longestReason) });

/** An expert's reason, for the others; empty where the model gave none. */
async function explain(subject: Case, edge: Pair, expert: Expert, opinion: Opinion): Promise<Reason> {
  const { model, material, domain, counts, signal } = subject;
  const question = fillLines(questionLines.reason, {
    ...introduction(expert, domain),
    cause: quoted(edge.cause),
    effect: quoted(edge.effect),
    score: opinion.score.toFixed(1),
  });
  const { value, problems } = await ask(model, {
    prompt: { system: material.system, user: `${material.user}\n\n${question}` },
    grammar: reasonSchema,
    answer: reasonSchema,
    maxTokens: 80,
    signal,
  });
  counts.invalidAnswers += problems.length;
  return { expert: expert.name, reason: value?.reason.trim() ?? "" };
}
